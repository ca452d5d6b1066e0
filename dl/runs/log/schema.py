"""What a record in the logs of a run is made of, as the `steps.json` beside them says."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dl.errors import RunDamaged
from dl.files import write_json
from dl.runs.log.blocks import BLOCK, BLOCK_STEPS, METRICS

STEP = np.dtype([("time", "<f8"), ("epoch", "<i4"), ("loss", "<f4"), ("accuracy", "<f4")])
FILE = "steps.json"


@dataclass(frozen=True)
class Schema:
    """`step` has every metric among its columns; `knows_blocks`: they are as we write them, else they tell nothing."""

    step: np.dtype
    knows_blocks: bool


OURS = Schema(STEP, knows_blocks=True)


def read_schema(folder: Path) -> Schema:
    """Ours where none is written, as in runs of before. Raises RunDamaged."""
    try:
        changed = (folder / FILE).stat().st_mtime_ns
    except OSError:
        return OURS
    try:
        return _read(folder / FILE, changed)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunDamaged(run=folder.name, file=FILE) from error


def adopt_schema(folder: Path) -> None:
    """Ours is that of what is to be written here. Raises RunDamaged if there is a log of another one."""
    known = read_schema(folder)
    if known.step != STEP:
        raise RunDamaged(run=folder.name, file=FILE)
    if not known.knows_blocks:
        (folder / "blocks.bin").unlink(missing_ok=True)  # they are made anew, from the steps
    write_json(folder / FILE, {"dtype": STEP.descr, "block_steps": BLOCK_STEPS, "block_dtype": BLOCK.descr})


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> Schema:
    """`changed` is there for the cache."""
    written = json.loads(path.read_bytes())
    step = _dtype(written["dtype"])
    if any(step.fields is None or name not in step.fields or step[name].kind not in "iuf" for name in METRICS):
        raise ValueError("a metric has no column of numbers")
    blocks = {"block_steps": BLOCK_STEPS, "block_dtype": json.loads(json.dumps(BLOCK.descr))}
    return Schema(step, knows_blocks=blocks.items() <= written.items())


def _dtype(columns: Any) -> np.dtype:
    step = np.dtype([(str(name), str(kind)) for name, kind in columns])
    if step.hasobject or not step.itemsize:
        raise ValueError("records of a fixed width are expected")
    return step
