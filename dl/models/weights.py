"""The weights of a `.keras` file before Keras reads them: plain arrays, as large as they are said to be, all inside."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from dl.errors import ModelRefused
from dl.models.archive import MOST_BYTES, WEIGHTS, opened

MOST_OBJECTS = 50_000
MOST_EXPANSION = 100  # of an array that is packed inside the file
NUMBERS = "fiub"
HALVES = np.dtype("V2")  # what a bfloat16 is to who does not know it
UNPACKING = {1, 2, 3}  # deflate, shuffle and check sums, which HDF5 brings along: others would be loaded from files
BLOCK_BYTES = 1 << 20


def look_at_weights(path: Path) -> int:
    """How many numbers there are; to be called where a fault of the reader does no harm. Raises ModelRefused."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / WEIGHTS
        _unpack(path, unpacked)
        return _look(unpacked)


def _unpack(path: Path, target: Path) -> None:
    done = 0
    with opened(path) as archive, archive.open(WEIGHTS) as content, target.open("wb") as file:
        while block := content.read(BLOCK_BYTES):
            done += len(block)
            if done > MOST_BYTES:
                raise ModelRefused(reason="too_large", bytes=done, most_bytes=MOST_BYTES)
            file.write(block)


def _look(path: Path) -> int:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return _count(file, h5py)
    except (OSError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ModelRefused(reason="weights_damaged", detail=type(error).__name__) from error


def _count(file: Any, h5py: Any) -> int:
    waiting, numbers = [file], 0
    seen = {h5py.h5o.get_info(file.id).addr}
    while waiting:
        group = waiting.pop()
        for name in group:
            if len(seen) > MOST_OBJECTS:
                raise ModelRefused(reason="too_many_parts", most=MOST_OBJECTS)
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ModelRefused(reason="weights_link", name=name[:80])
            part = group[name]
            if (place := h5py.h5o.get_info(part.id).addr) in seen:  # a ring of groups would have no end
                raise ModelRefused(reason="weights_link", name=name[:80])
            seen.add(place)
            if isinstance(part, h5py.Group):
                waiting.append(part)
            elif isinstance(part, h5py.Dataset):
                numbers += _size(part, name)
            else:
                raise ModelRefused(reason="weights_damaged", detail=type(part).__name__)
            if numbers * 4 > MOST_BYTES:
                raise ModelRefused(reason="too_large", bytes=numbers * 4, most_bytes=MOST_BYTES)
    return numbers


def _size(dataset: Any, name: str) -> int:
    if dataset.external or dataset.is_virtual:
        raise ModelRefused(reason="weights_link", name=name[:80])
    if dataset.dtype.kind not in NUMBERS and dataset.dtype != HALVES:
        raise ModelRefused(reason="weights_kind", name=name[:80], kind=str(dataset.dtype)[:40])
    made = dataset.id.get_create_plist()
    if not {made.get_filter(place)[0] for place in range(made.get_nfilters())} <= UNPACKING:
        raise ModelRefused(reason="weights_damaged", detail="filter")
    count = int(np.prod(dataset.shape, dtype=object)) if dataset.shape else 1
    if count * dataset.dtype.itemsize > MOST_EXPANSION * max(dataset.id.get_storage_size(), 1024):
        raise ModelRefused(reason="weights_bomb", name=name[:80])
    return count
