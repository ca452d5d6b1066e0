"""The append-only logs of a run: `steps.bin`, one fixed-width record a step; `blocks.bin`, one for every block of
steps; `epochs.jsonl`, one line an epoch."""

import io
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from dl.runs.log.json_lines import append_line, read_lines
from dl.runs.log.schema import BLOCK_STEPS, USUAL, Schema, adopt_schema, read_schema

PIECE = 4096 * BLOCK_STEPS  # as many steps as are in memory at once while blocks are made up for
MOMENT = ("epoch", "steps", "seconds", "time")  # what stands beside the scores in the line of an epoch


class StepLog:
    """Appends steps; `time` is when the step's result was known, in unix seconds; `epoch` counts from 1.

    Opened on a log that is there already it goes on after the last whole record, and makes up for missing blocks.
    Raises RunDamaged if that log is of another schema.
    """

    def __init__(self, folder: Path, schema: Schema = USUAL) -> None:
        adopt_schema(folder, schema)
        self.metrics, self._step, self._block = schema.metrics, schema.step, schema.block
        self._steps, self._blocks = _open(folder / "steps.bin"), _open(folder / "blocks.bin")
        self._recorded = _cut(self._steps, self._step)
        blocks = _cut(self._blocks, self._block, self._recorded // BLOCK_STEPS)
        self._rest = np.empty(0, self._step)  # the last steps, less than a block
        for start in range(blocks * BLOCK_STEPS, self._recorded, PIECE):
            self._summarise(read_records(folder / "steps.bin", self._step, start, min(start + PIECE, self._recorded)))

    @property
    def recorded(self) -> int:
        """How many steps were there when the log was opened."""
        return self._recorded

    def append(self, time: np.ndarray, epoch: int, *scores: np.ndarray) -> None:
        """`scores` as the log has its metrics."""
        records = np.empty(len(time), self._step)
        records["time"], records["epoch"] = time, epoch
        for metric, values in zip(self.metrics, scores, strict=True):
            records[metric] = values
        _write_whole(self._steps, records.tobytes())
        self._summarise(records)

    def _summarise(self, records: np.ndarray) -> None:
        steps = np.concatenate([self._rest, records])
        whole = len(steps) // BLOCK_STEPS * BLOCK_STEPS
        if whole:
            _write_whole(self._blocks, summarise(steps[:whole], self._block).tobytes())
        self._rest = steps[whole:].copy()

    def __enter__(self) -> "StepLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._steps.close()
        self._blocks.close()


def summarise(steps: np.ndarray, block: np.dtype, size: int = BLOCK_STEPS) -> np.ndarray:
    """A `block` for every `size` (at most BLOCK_STEPS) records; what is over at the end is left out."""
    count = len(steps) // size
    blocks = np.empty(count, block)
    for metric in block.names or ():
        _fill(steps[metric][: count * size].reshape(count, size), blocks[metric])
    return blocks


def _fill(values: np.ndarray, blocks: np.ndarray) -> None:
    """Fill `blocks` (count,) from `values` (count, size): numbers count, NaN and infinities are as if not there."""
    finite = np.isfinite(values)
    every, numbers = np.arange(len(values)), finite.sum(axis=1)
    blocks["minimum_at"] = np.where(finite, values, np.inf).argmin(axis=1)
    blocks["maximum_at"] = np.where(finite, values, -np.inf).argmax(axis=1)
    blocks["mean"] = np.where(finite, values, 0).sum(axis=1, dtype=float) / np.maximum(numbers, 1)
    for name in ("minimum", "maximum"):
        blocks[name] = values[every, blocks[f"{name}_at"]]
    for name in ("minimum", "maximum", "mean"):
        blocks[name][numbers == 0] = np.nan


def _open(path: Path) -> io.FileIO:
    return open(path, "ab", buffering=0)


def _write_whole(file: io.FileIO, content: bytes) -> None:
    """A disk that fills up takes a part and says nothing; only the next write raises."""
    rest = memoryview(content)
    while len(rest):
        rest = rest[file.write(rest) :]


def _cut(file: io.FileIO, dtype: np.dtype, most: int | None = None) -> int:
    """Drop a torn tail and what is beyond the `most` records that may be there; how many stay."""
    whole = file.seek(0, io.SEEK_END) // dtype.itemsize
    kept = whole if most is None else min(whole, most)
    file.truncate(kept * dtype.itemsize)
    return kept


def read_steps(folder: Path) -> np.ndarray:
    """All whole records as a read-only array over the file; a torn tail is ignored; no file reads as no steps.

    Raises RunDamaged.
    """
    step = read_schema(folder).step
    count = count_records(folder / "steps.bin", step)
    try:
        return np.memmap(folder / "steps.bin", step, "r", shape=(count,)) if count else np.empty(0, step)
    except FileNotFoundError:  # the run was removed meanwhile
        return np.empty(0, step)


def read_records(path: Path, dtype: np.dtype, start: int, stop: int) -> np.ndarray:
    """The whole records `start` to `stop - 1`, as far as they are there, as an array of their own."""
    count = min(stop, count_records(path, dtype)) - start
    try:
        return np.fromfile(path, dtype, count, offset=start * dtype.itemsize) if count > 0 else np.empty(0, dtype)
    except FileNotFoundError:
        return np.empty(0, dtype)


def count_records(path: Path, dtype: np.dtype) -> int:
    try:
        return path.stat().st_size // dtype.itemsize
    except (FileNotFoundError, NotADirectoryError):
        return 0


def append_epoch(folder: Path, record: dict[str, Any]) -> None:
    append_line(folder / "epochs.jsonl", record)


def read_epochs(folder: Path) -> list[dict[str, Any]]:
    """One record an epoch: of one that a stop had ended early, and that was gone on with after a crash, the whole."""
    records = (record for record in read_lines(folder / "epochs.jsonl") if "epoch" in record)
    return list({record["epoch"]: record for record in records}.values())


def scores_of(record: Mapping[str, Any]) -> dict[str, float]:
    """What an epoch reached, by the names of metrics, those of the held-out rows with `val_` in front."""
    return {name: value for name, value in record.items() if name not in MOMENT}
