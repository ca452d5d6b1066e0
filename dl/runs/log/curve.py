"""The steps of a run as the lines of a chart, in plain JSON values: whole, in detail where one zooms, or what is new.

Steps count from 1, a fork's go on from its parent's: `before` is how many those are. A gap is None.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.runs.log.history import Points, extremes, read_range, read_smoothed, step_records
from dl.runs.log.schema import BLOCK_STEPS, read_schema

COLUMNS = 600  # about as wide, in pixels, as a chart is drawn beside another one
NEW_COLUMNS = (4, COLUMNS)
MOST_NEW_STEPS = BLOCK_STEPS * COLUMNS  # more are drawn anew
Range = tuple[float, float]
Line = dict[str, list[Any]]


def whole_curve(
    folder: Path,
    recorded: int,
    before: int,
    metric: str,
    smoothing: float = 0.0,
    zoomed: Range | None = None,
    columns: int = COLUMNS,
) -> dict[str, Line]:
    """The first `recorded` steps: `raw` and, with `smoothing`, `smooth`, each some thousand of `step` and `value`.

    Where `zoomed` is, and half of it on either side, there are as many points as that part alone could show.
    """
    parts = _parts(recorded, before, zoomed, columns)
    raw = [read_range(folder, metric, *part) for part in parts]
    lines = {"raw": _line(raw, before)}
    if smoothing:
        lines["smooth"] = _line([read_smoothed(folder, metric, *part, smoothing) for part in parts], before)
    return lines


def new_steps(folder: Path, first: int, last: int, before: int, planned: int) -> dict[str, Any]:
    """Steps `first` to `last` (without `before`) as columns as wide as a run of `planned` steps is drawn.

    `columns` has the `step` that each ends with and the mean of each metric; `extremes`, where a column has more than
    one step, the lowest and highest of each metric at their steps.
    """
    records, metrics = step_records(folder, first - 1, last), read_schema(folder).metrics
    columns = int(np.clip(round(2 * COLUMNS * len(records) / max(planned, 1)), *NEW_COLUMNS))
    size = max(1, -(-len(records) // columns)) if len(records) > 2 * columns else 1
    ends: NDArray[Any] = np.minimum(np.arange(size, len(records) + size, size), len(records))
    means = {metric: numbers(_means(records[metric], size)) for metric in metrics}
    news: dict[str, Any] = {"columns": {"step": (before + first - 1 + ends).tolist(), **means}}
    if size > 1:
        news["extremes"] = {metric: _extremes(records[metric], len(ends), before + first) for metric in metrics}
    return news


def last_time(folder: Path, recorded: int) -> float | None:
    """When the last step's result was known, in unix seconds; None before the first, and where that was not noted."""
    records = step_records(folder, max(0, recorded - 1), recorded)
    return float(records["time"][0]) if len(records) and "time" in (records.dtype.names or ()) else None


def numbers(values: NDArray[Any]) -> list[float | None]:
    """Five significant digits, as many as a chart can show; None for what is not finite."""
    return [float(f"{value:.5g}") if math.isfinite(value) else None for value in values.tolist()]


def _means(values: NDArray[Any], size: int) -> NDArray[Any]:
    if size == 1:
        return values
    finite = np.isfinite(values)
    starts = np.arange(0, len(values), size)
    counts = np.add.reduceat(finite, starts, dtype=float)
    sums = np.add.reduceat(np.where(finite, values, 0), starts, dtype=float)
    return np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)


def _extremes(values: NDArray[Any], columns: int, first: int) -> Line:
    at = np.unique(np.concatenate(extremes(values, values, columns)))
    return {"step": (first + at).tolist(), "value": numbers(values[at])}


def _line(parts: list[Points], before: int) -> Line:
    step = np.concatenate([part.step for part in parts])
    return {"step": (before + step).tolist(), "value": numbers(np.concatenate([part.value for part in parts]))}


def _parts(recorded: int, before: int, zoomed: Range | None, columns: int) -> list[tuple[int, int, int]]:
    """First step, last step and pixel columns of each part that is drawn in its own detail.

    Half of the zoomed range on either side can be panned to; the rest is there for the moment after zooming out.
    """
    if zoomed is None:
        return [(1, recorded, columns)]
    margin = (zoomed[1] - zoomed[0]) / 2
    low, high = (np.clip(end - before, 0, recorded) for end in (zoomed[0] - margin, zoomed[1] + margin))
    first, last = int(np.floor(low)), int(np.ceil(high))
    rest = max(2, columns // 4)
    return [(1, first, rest), (first + 1, last, 2 * columns), (last + 1, recorded, rest)]
