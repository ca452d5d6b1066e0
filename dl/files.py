"""Writing files so that a reader never sees half of one, whatever happens to the writer."""

import io
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import psutil

Result = TypeVar("Result")


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write to a neighbour and rename: a reader sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{threading.get_ident()}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        patiently(lambda: os.replace(temporary, path))
    finally:
        temporary.unlink(missing_ok=True)


def sweep_temporaries(folder: Path) -> None:
    """Remove what processes that were killed had only begun to write."""
    for path in folder.rglob(".*.tmp"):
        owner = path.name.split(".")[-2]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            path.unlink(missing_ok=True)


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


def write_array(path: Path, array: np.ndarray) -> None:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    write_atomically(path, content.getvalue())
