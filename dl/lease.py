"""Who may work on a folder: taken by one process, renewed while that works, and free again when it is dead.

Each taking is a folder of its own, `claim-1`, `claim-2` and so on, of which the last counts. It is renamed into its
place with its content in it: that happens whole or not at all, and on every file system for one of all who try. The
clocks of machines that share a disk have to agree within some seconds.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dl.files import patiently, temporary, write_json
from dl.processes import HOST, Owner

LEASE_SECONDS = 60.0  # so long another machine is believed to be at work after its last word
CONTENT = "lease.json"
_NUMBER = re.compile(r"claim-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Lease:
    place: Path
    owner: Owner

    def renew(self, now: float) -> bool:
        """False if another machine has taken it meanwhile, since nothing was heard of us for so long."""
        write_json(self.place / CONTENT, self._content(now))
        return _last(self.place.parent) == self.place

    def release(self) -> None:
        """Harmless when it was released already; the place stays, so that numbers only grow."""
        patiently(lambda: (self.place / CONTENT).unlink(missing_ok=True))

    def appear(self, now: float) -> bool:
        """False if somebody else has the place."""
        with temporary(self.place) as whole:
            whole.mkdir()
            (whole / CONTENT).write_text(json.dumps(self._content(now)))
            try:
                os.rename(whole, self.place)
            except OSError:
                if not os.path.lexists(self.place):
                    raise
                return False
        return True

    def _content(self, now: float) -> dict[str, Any]:
        return {**asdict(self.owner), "expires": now + LEASE_SECONDS}


def take(folder: Path, owner: Owner, now: float) -> Lease | None:
    """For the owner, if nobody has it: of all who try, at most one gets it."""
    last = _last(folder)
    lease = Lease(folder / f"claim-{_number(last) + 1}", owner)
    if _is_held(last, now) or not lease.appear(now):
        return None
    if _last(folder) == lease.place and not _is_held(last, now):  # or the last one has just been renewed
        return lease
    lease.release()
    return None


def held_by(folder: Path, owner: Owner) -> Lease | None:
    """The lease that the owner has, if it has one."""
    last = _last(folder)
    content = _read(last)
    return Lease(last, owner) if content and content[0].is_same(owner) else None


def _last(folder: Path) -> Path:
    """`claim-0`, which is never there, before the first."""
    numbers = (int(found[1]) for name in os.listdir(folder) if (found := _NUMBER.fullmatch(name)))
    return folder / f"claim-{max(numbers, default=0)}"


def _number(place: Path) -> int:
    return int(place.name.removeprefix("claim-"))


def _is_held(place: Path, now: float) -> bool:
    """By a living process of this machine, however long it sleeps, or by one of another that was heard of lately."""
    content = _read(place)
    if content is None:
        return False
    owner, expires = content
    return owner.lives if owner.is_here else now < expires


def _read(place: Path) -> tuple[Owner, float] | None:
    """None for what is free: released, or torn when the machine went down."""
    file = place if place.is_file() else place / CONTENT  # an earlier version had no folder,
    try:
        content = json.loads(patiently(file.read_bytes))
        if isinstance(content, list):  # and named a process of this machine
            return Owner(HOST, *content), 0.0
        return Owner(content["host"], content["pid"], content["process_started"]), content["expires"]
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError, KeyError):
        return None
