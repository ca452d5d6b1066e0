"""What a chart draws of the steps of a run: no more points than it has pixels, however many steps there are.

Steps count from 1. Few steps are read one by one; many from their blocks, so that neither time nor memory grow. All
that reads raises RunDamaged for a log that cannot be read, or is gone.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.errors import RunDamaged
from dl.runs.log.schema import BLOCK_STEPS, Schema, read_schema
from dl.runs.log.steps import PIECE, count_records, read_records, summarise

Array = NDArray[Any]


@dataclass(frozen=True)
class Points:
    """`step` (n,) int64, increasing; `value` (n,) float32, NaN where there is a gap."""

    step: NDArray[np.int64]
    value: NDArray[np.float32]


def count_steps(folder: Path) -> int:
    return count_records(folder / "steps.bin", read_schema(folder).step)


def read_range(folder: Path, metric: str, first: int, last: int, columns: int) -> Points:
    """Steps `first` to `last` as at most `2 * columns` points: the lowest and highest of every pixel column."""
    start, stop = _bounds(folder, first, last)
    if stop - start <= BLOCK_STEPS * columns:
        return _points(*decimate(np.arange(start, stop) + 1, _values(folder, metric, start, stop), columns))
    begins, blocks = _blocks_between(folder, read_schema(folder), start, stop)
    summaries = blocks[metric]
    low, high = extremes(summaries["minimum"], summaries["maximum"], columns - 1)
    ends = [_values(folder, metric, at, at + 1) for at in (start, stop - 1)]
    step = np.concatenate(
        [[start], begins[low] + summaries["minimum_at"][low], begins[high] + summaries["maximum_at"][high], [stop - 1]]
    )
    value = np.concatenate([ends[0], summaries["minimum"][low], summaries["maximum"][high], ends[1]])
    step, order = np.unique(step, return_index=True)
    return _points(step + 1, value[order])


def read_smoothed(folder: Path, metric: str, first: int, last: int, columns: int, smoothing: float) -> Points:
    """The exponential moving average at steps `first` to `last`, wherever `first` is; at most `2 * columns` points.

    Many steps are averaged block by block, and one by one at both ends alone: the last point is that of the last step.
    """
    start, stop = _bounds(folder, first, last)
    if stop - start <= BLOCK_STEPS * columns:
        line = _smoothed_steps(folder, metric, start, stop, smoothing)
        return _points(*decimate(np.arange(start, stop) + 1, line, columns))
    begin, end = -(-start // BLOCK_STEPS), stop // BLOCK_STEPS
    early = max(0, begin - memory(smoothing**BLOCK_STEPS))
    blocks = _join(_blocks(folder, read_schema(folder), early, end))
    line = smoothed(blocks[metric]["mean"], smoothing**BLOCK_STEPS)[begin - early :]
    step, value = decimate((begin + 1 + np.arange(len(line))) * BLOCK_STEPS, line, columns - 1)
    ends = [_smoothed_steps(folder, metric, at, at + 1, smoothing) for at in (start, stop - 1)]
    inner = (step > start + 1) & (step < stop)
    return _points(np.concatenate([[start + 1], step[inner], [stop]]), np.concatenate([ends[0], value[inner], ends[1]]))


def _bounds(folder: Path, first: int, last: int) -> tuple[int, int]:
    """Positions in the file, from the first to behind the last of the steps that are there."""
    stop = max(0, min(last, count_steps(folder)))
    return min(max(0, first - 1), stop), stop


def _values(folder: Path, metric: str, start: int, stop: int) -> NDArray[np.float32]:
    return step_records(folder, start, stop)[metric]


def step_records(folder: Path, start: int, stop: int) -> np.ndarray:
    """Those at positions `start` to `stop - 1`, which must be there, with a column for each metric."""
    steps = read_records(folder / "steps.bin", read_schema(folder).step, start, stop)
    if len(steps) < stop - start:
        raise RunDamaged(run=folder.name, file="steps.bin")
    return steps


def _smoothed_steps(folder: Path, metric: str, start: int, stop: int, smoothing: float) -> NDArray[np.float32]:
    early = max(0, start - memory(smoothing))
    return smoothed(_values(folder, metric, early, stop), smoothing)[start - early :]


def _blocks_between(folder: Path, schema: Schema, start: int, stop: int) -> tuple[NDArray[np.int64], np.ndarray]:
    """Where each block begins, and the blocks: whole ones, and a shorter one at either end where the range cuts it."""
    begin, end = -(-start // BLOCK_STEPS), stop // BLOCK_STEPS
    head, tail = step_records(folder, start, begin * BLOCK_STEPS), step_records(folder, end * BLOCK_STEPS, stop)
    begins = np.arange(start // BLOCK_STEPS, -(-stop // BLOCK_STEPS)) * BLOCK_STEPS
    begins[0] = start
    head, tail = (summarise(part, schema.block, len(part) or 1) for part in (head, tail))
    return begins, _join([head, *_blocks(folder, schema, begin, end), tail])


def _blocks(folder: Path, schema: Schema, start: int, stop: int) -> list[np.ndarray]:
    """Blocks `start` to `stop - 1`; those that are not written yet, or not as ours are, are made from the steps."""
    written = stop if schema.knows_blocks else start
    blocks = [read_records(folder / "blocks.bin", schema.block, start, written)]
    for at in range((start + len(blocks[0])) * BLOCK_STEPS, stop * BLOCK_STEPS, PIECE):
        blocks.append(summarise(step_records(folder, at, min(at + PIECE, stop * BLOCK_STEPS)), schema.block))
    return blocks


def _join(parts: list[np.ndarray]) -> np.ndarray:
    """As bytes, because numpy joins records field by field."""
    block = parts[0].dtype
    return np.concatenate([part.view(f"V{block.itemsize}") for part in parts]).view(block)


def _points(step: np.ndarray, value: np.ndarray) -> Points:
    return Points(np.asarray(step, np.int64), np.asarray(value, np.float32))


def decimate(x: Array, y: Array, columns: int = 1000) -> tuple[Array, Array]:
    """Fewer points with the same silhouette: the lowest and the highest value of every pixel column.

    At most `2 * columns` in their order, first and last kept; a column without numbers stays a gap.
    """
    if len(y) <= 2 * columns:
        return x, y
    low, high = extremes(y[1:-1], y[1:-1], columns - 1)
    kept = np.unique(np.concatenate(([0, len(y) - 1], 1 + low, 1 + high)))
    return x[kept], y[kept]


def extremes(lows: Array, highs: Array, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of the lowest of `lows` and of the highest of `highs` in each of at most `columns` equal parts."""
    size = -(-len(lows) // columns)
    return _lowest(lows, size), _lowest(-highs, size)


def _lowest(values: Array, size: int) -> NDArray[np.intp]:
    numbers = np.where(np.isfinite(values), values, np.inf)
    whole = len(values) // size * size
    found = np.arange(0, whole, size) + numbers[:whole].reshape(-1, size).argmin(axis=1)
    return np.append(found, whole + numbers[whole:].argmin()) if whole < len(values) else found


def smoothed(y: Array, smoothing: float) -> NDArray[np.float32]:
    """Exponential moving average, corrected for its empty start; gaps stay gaps and infinities become some."""
    finite = np.isfinite(y)
    total = _weighted_sum(y[finite].astype(float), smoothing)
    start = memory(smoothing, 1e-9)
    total[:start] /= 1 - smoothing ** np.arange(1, len(total[:start]) + 1)
    mean = np.full(len(y), np.nan, np.float32)
    mean[finite] = total * (1 - smoothing)
    return mean


def _weighted_sum(total: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """Of each value and all before it, in place: each round doubles how far it looks back, until nothing has weight."""
    further = np.empty_like(total)
    reach, weight = 1, smoothing
    while reach < len(total) and weight > 1e-9:
        np.multiply(total[:-reach], weight, out=further[reach:])
        total[reach:] += further[reach:]
        reach, weight = 2 * reach, weight**2
    return total


def memory(smoothing: float, left: float = 1e-3) -> int:
    """After how many values one has no more than `left` of its weight."""
    return math.ceil(math.log(left) / math.log(smoothing)) if smoothing > 0 else 0
