"""Writing files so that a reader never sees half of one, whatever happens to the writer.

What is being written lies under a hidden name that tells who writes it, so that the rest of a dead writer is found.
"""

import io
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from dl.processes import Owner

Result = TypeVar("Result")
Model = TypeVar("Model", bound=BaseModel)
Stamp = tuple[int, int, int]
TEMPORARIES = ".livefit-*.tmp"
_WRITER = re.compile(r"\.(\w+)-(\d+)-(\d+)\.[0-9a-f]+\.tmp$")
# Whatever another machine is still writing was touched more recently than this: a stalled download gives up far sooner.
ABANDONED_AFTER_SECONDS = 3600


def stamp(path: Path | str) -> Stamp | None:
    """When it was last written, how long it is and which file: another one after every change; None if it is not there.

    A file that is written whole and renamed may have the time and length of the one before, but never its place.
    """
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write to a neighbour and rename: a reader sees the old content or the new, never a part."""
    with temporary(path) as neighbour:
        neighbour.write_bytes(content)
        replace(neighbour, path)


def replace(source: Path, path: Path) -> None:
    patiently(lambda: os.replace(source, path))


@contextmanager
def held(path: Path) -> Iterator[BinaryIO]:
    """The file, made if it is not there, for reading and writing: by one at a time, whichever process that is.

    It is let go however its holder ends. A disk that knows no locks lets everybody in.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as file:
        with suppress(OSError):
            _lock(file)
        yield file


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)


def patiently(action: Callable[[], Result]) -> Result:
    """On Windows a file cannot be replaced while it is read, nor read while it is replaced: both pass in a moment."""
    deadline = time.monotonic() + 1
    while True:
        try:
            return action()
        except PermissionError:
            if os.name != "nt" or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def write_json(path: Path, value: Any) -> None:
    write_atomically(path, json.dumps(value, ensure_ascii=False, indent=1).encode())


def write_model(path: Path, model: BaseModel) -> None:
    write_atomically(path, model.model_dump_json(indent=1).encode())


def read_model(path: Path, kind: type[Model]) -> Model | None:
    """None where there is none, or a damaged one."""
    try:
        return kind.model_validate_json(patiently(path.read_bytes))
    except (OSError, ValidationError):
        return None


def write_array(path: Path, array: np.ndarray) -> None:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    write_atomically(path, content.getvalue())


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
        for path in folder.glob(TEMPORARIES):
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
    found = _WRITER.search(path.name)  # an earlier version has named it otherwise
    writer = Owner(found[1], int(found[2]), float(found[3])) if found else None
    if writer and writer.is_here:
        return not writer.lives or (own and writer.is_same(Owner.current()))
    with suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime > ABANDONED_AFTER_SECONDS
    return False
