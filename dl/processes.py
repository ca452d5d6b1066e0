"""Who did something: a process, named so that any other can tell later whether that very process still lives."""

import os
import platform
import re
from dataclasses import dataclass
from functools import cache

import psutil

HOST = re.sub(r"\W", "_", platform.node()) or "unnamed"
SAME_SECONDS = 2.0  # the start of one process may be told a little differently: it is counted from that of the machine


@dataclass(frozen=True)
class Owner:
    """Times are unix seconds. A pid alone may have been given to another process since."""

    host: str
    pid: int
    process_started: float

    @classmethod
    def current(cls) -> "Owner":
        return _current(os.getpid())

    @classmethod
    def of(cls, pid: int) -> "Owner":
        """A living process of this machine."""
        return cls(HOST, pid, psutil.Process(pid).create_time())

    @property
    def is_here(self) -> bool:
        return not is_elsewhere(self.host)

    @property
    def lives(self) -> bool:
        """Of a process of this machine."""
        return is_alive(self.pid, self.process_started)

    def is_same(self, other: "Owner") -> bool:
        same_number = (self.host, self.pid) == (other.host, other.pid)
        return same_number and abs(self.process_started - other.process_started) < SAME_SECONDS


@cache
def _current(pid: int) -> Owner:
    return Owner.of(pid)


def is_elsewhere(host: str | None) -> bool:
    return host not in (None, HOST)


def is_alive(pid: int | None, started: float | None, host: str | None = None) -> bool:
    """Whether that very process lives; taken for granted where only its heartbeat can tell."""
    if pid is None or is_elsewhere(host):  # handed over only just, and not written yet; or of another machine
        return True
    try:
        process = psutil.Process(pid)
        same = started is None or abs(process.create_time() - started) < SAME_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
