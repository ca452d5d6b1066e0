"""What is being written: under a hidden name that tells who writes it, so that the rest of a dead writer is found."""

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dl.processes import Owner

ALL = ".livefit-*.tmp"
_WRITER = re.compile(r"\.(\w+)-(\d+)-(\d+)\.[0-9a-f]+\.tmp$")
# Whatever another machine is still writing was touched more recently than this: a stalled download gives up far sooner.
ABANDONED_AFTER_SECONDS = 3600


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A neighbour of `path` to write to and then rename, file or folder; what is left of it in the end is removed."""
    place = temporary_name(path)
    try:
        yield place
    finally:
        discard(place)


def temporary_name(path: Path) -> Path:
    """A neighbour of `path` that no other process or thread uses."""
    writer = Owner.current()
    name = f".livefit-{path.name}.{writer.host}-{writer.pid}-{writer.process_started:.0f}.{secrets.token_hex(4)}.tmp"
    return path.with_name(name)


def sweep_temporaries(*folders: Path, own: bool = False) -> None:
    """Remove what processes that were killed had only begun to write; with `own`, also what this one is writing."""
    for folder in folders:
        for path in folder.glob(ALL):
            if _is_left(path, own):
                discard(path)


def discard(path: Path) -> None:
    """Remove a file or a folder; harmless when it is gone already."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()


def _is_left(path: Path, own: bool) -> bool:
    writer = _writer(path)
    if writer is None or not writer.is_here:
        return _is_abandoned(path)
    return not writer.lives or (own and writer.is_same(Owner.current()))


def _writer(path: Path) -> Owner | None:
    """None where an earlier version has named it."""
    found = _WRITER.search(path.name)
    return Owner(found[1], int(found[2]), float(found[3])) if found else None


def _is_abandoned(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime > ABANDONED_AFTER_SECONDS
    return False
