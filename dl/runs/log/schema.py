"""What a record in the logs of a run is made of, as the `steps.json` beside them says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from dl.errors import RunDamaged
from dl.files import write_json
from dl.runs.log.blocks import BLOCK_STEPS, block_of

FILE = "steps.json"
_MOMENT = {"time": "<f8", "epoch": "<i4"}


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
        return block_of(self.metrics)


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
    known = read_schema(folder)
    if known.step != schema.step and _is_begun(folder):
        raise RunDamaged(run=folder.name, file=FILE)
    if not known.knows_blocks:
        (folder / "blocks.bin").unlink(missing_ok=True)  # they are made anew, from the steps
    write_schema(folder, schema)


def write_schema(folder: Path, schema: Schema) -> None:
    blocks = {"block_steps": BLOCK_STEPS, "block_dtype": schema.block.descr}
    write_json(folder / FILE, {"dtype": schema.step.descr, **blocks})


def _is_begun(folder: Path) -> bool:
    log = folder / "steps.bin"
    return log.exists() and log.stat().st_size > 0


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
