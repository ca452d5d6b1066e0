"""What a record of a step, and of a block of steps, is made of, as the `steps.json` beside the logs says.

A chart that is narrower than the run has steps needs of every `BLOCK_STEPS` steps no more than a block.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dl.errors import RunDamaged
from dl.files import write_json

FILE = "steps.json"
BLOCK_STEPS = 256
_MOMENT = {"time": "<f8", "epoch": "<i4"}
_SUMMARY = [
    ("minimum", "<f4"),
    ("maximum", "<f4"),
    ("mean", "<f4"),
    ("minimum_at", "u1"),  # counted from the block's first step
    ("maximum_at", "u1"),
]


@dataclass(frozen=True)
class Schema:
    """`step` has every metric among its columns; `knows_blocks`: they are as we write them, else they tell nothing."""

    step: np.dtype
    knows_blocks: bool = True

    @property
    def metrics(self) -> tuple[str, ...]:
        """Whatever is measured of a step, the loss among it."""
        names = (name for name in self.step.names or () if name not in _MOMENT)
        return tuple(name for name in names if self.step[name].kind in "iuf")

    @property
    def block(self) -> np.dtype:
        """With a summary of each metric."""
        return np.dtype([(metric, _SUMMARY) for metric in self.metrics])


def schema_of(metrics: Sequence[str]) -> Schema:
    """As it is written for these metrics, "loss" among them."""
    return Schema(np.dtype([*_MOMENT.items(), *((metric, "<f4") for metric in metrics)]))


USUAL = schema_of(("loss", "accuracy"))


def read_schema(folder: Path) -> Schema:
    """The usual one where none is written, as in runs of before. Raises RunDamaged."""
    try:
        changed = (folder / FILE).stat().st_mtime_ns
    except OSError:
        return USUAL
    try:
        return _read(folder / FILE, changed)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunDamaged(run=folder.name, file=FILE) from error


def adopt_schema(folder: Path, schema: Schema) -> None:
    """It is that of what is to be written here. Raises RunDamaged if there are steps of another one."""
    known, log = read_schema(folder), folder / "steps.bin"
    if known.step != schema.step and log.exists() and log.stat().st_size:
        raise RunDamaged(run=folder.name, file=FILE)
    if not known.knows_blocks:
        (folder / "blocks.bin").unlink(missing_ok=True)  # they are made anew, from the steps
    write_schema(folder, schema)


def write_schema(folder: Path, schema: Schema) -> None:
    blocks = {"block_steps": BLOCK_STEPS, "block_dtype": schema.block.descr}
    write_json(folder / FILE, {"dtype": schema.step.descr, **blocks})


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> Schema:
    """`changed` is there for the cache."""
    written = json.loads(path.read_bytes())
    schema = Schema(_dtype(written["dtype"]))
    if "loss" not in schema.metrics:
        raise ValueError("the loss has no column of numbers")
    blocks = {"block_steps": BLOCK_STEPS, "block_dtype": json.loads(json.dumps(schema.block.descr))}
    return Schema(schema.step, knows_blocks=blocks.items() <= written.items())


def _dtype(columns: Any) -> np.dtype:
    step = np.dtype([(str(name), str(kind)) for name, kind in columns])
    if step.hasobject or not step.itemsize:
        raise ValueError("records of a fixed width are expected")
    return step
