"""A process, named so that any other can tell later whether that very one still lives; and how one of ours ends."""

import os
import platform
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

HOST = re.sub(r"\W", "_", platform.node()) or "unnamed"
LEAVING_SECONDS = 3.0  # what a worker takes at most, once the server is gone, to save its run and end
DISK_FULL_EXIT = 74  # how it ends when the disk is too full for a last word
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
        return self.host == HOST

    @property
    def lives(self) -> bool:
        """Taken for granted of a process of another machine, of which only the heartbeat can tell."""
        if not self.is_here:
            return True
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.process_started) < SAME_SECONDS
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def is_same(self, other: "Owner") -> bool:
        same_number = (self.host, self.pid) == (other.host, other.pid)
        return same_number and abs(self.process_started - other.process_started) < SAME_SECONDS


@cache
def _current(pid: int) -> Owner:
    return Owner.of(pid)


def leave(code: int) -> None:
    """At once: Python would first take TensorFlow apart, piece by piece, for most of a second."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def step_back(by: int = 5) -> None:
    """From now on this process takes what others leave of the processor; `by` adds to its niceness."""
    if not hasattr(os, "nice"):
        return
    os.nice(by)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # where Linux shares by sessions first, this is what its own one is worth
            Path("/proc/self/autogroup").write_text(str(by))
