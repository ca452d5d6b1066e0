"""Names for what is being written, so that a reader never takes it for whole and a dead writer's rest can be found."""

import contextlib
import os
import secrets
import shutil
import time
from pathlib import Path

# Whatever is still being written was touched more recently than this: a stalled download gives up far sooner.
ABANDONED_AFTER_SECONDS = 3600


def temporary_name(path: Path) -> Path:
    """A hidden neighbour of `path` that no other process or thread uses; it carries the writer's process id."""
    return path.with_name(f".livefit-{path.name}.{secrets.token_hex(4)}.{os.getpid()}.tmp")


def remove_leftovers(folder: Path, pid: int | None = None) -> None:
    """Remove what the dead process `pid` left in `folder`, or without `pid` whatever was abandoned there."""
    for path in folder.glob(f".livefit-*.{pid or '*'}.tmp"):
        if pid is not None or _is_abandoned(path):
            discard(path)


def discard(path: Path) -> None:
    """Remove a file or a folder; harmless when it is gone already."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()


def _is_abandoned(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > ABANDONED_AFTER_SECONDS
    except FileNotFoundError:
        return False
