"""The bars in which the values of a column are shown: its levels, or ranges of numbers and dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.profiles.profile import ColumnProfile, NumberProfile, TargetProfile

LEVELS = 12


@dataclass(frozen=True)
class Words:
    """What stands in the charts, in the reader's language; `mean` is that of the target."""

    rows: str
    share: str
    others: str
    missing: str
    mean: str


@dataclass(frozen=True)
class Bars:
    """`counts` (bars, targets) with a label and a place each; bars of numbers and dates have `widths`.

    `means` (bars,) are of a target that is a number.
    """

    labels: tuple[str, ...]
    counts: NDArray[np.int64]
    places: NDArray[Any]
    widths: NDArray[Any] | None = None
    means: tuple[float | None, ...] = ()


def bars_of(column: ColumnProfile, words: Words, levels: int = LEVELS) -> Bars:
    """All rows where the column is known; those of further levels in one bar."""
    if column.number:
        return _of_number(column.number, column.kind == "date")
    shown, rest = column.frequent[:levels], column.frequent[levels:]
    labels, counts = [str(level.value) for level in shown], [level.counts for level in shown]
    means = [level.target_mean for level in shown]
    other = np.sum([column.other, *(level.counts for level in rest)], axis=0)
    if other.any():
        labels, counts, means = [*labels, words.others], [*counts, tuple(other.tolist())], [*means, None]
    return Bars(tuple(labels), _matrix(counts, len(other)), np.arange(len(labels)), means=tuple(means))


def target_by_bar(bars: Bars, target: TargetProfile) -> NDArray[np.float64]:
    """The mean of a number, or the share of a class: the rarer of two, else the one whose shares differ most.

    NaN for a bar without rows.
    """
    if target.ranges:
        return np.array(bars.means, float)
    known = bars.counts[:, : len(target.levels)]
    rows = known.sum(axis=1, keepdims=True).astype(float)
    shares = np.divide(known, rows, out=np.full(known.shape, np.nan), where=rows > 0)
    if not known.any():
        return np.full(len(known), np.nan)
    told: NDArray[np.float64] = shares[:, _told_class(shares, rows / rows.sum(), known.sum(axis=0))]
    return told


def _told_class(shares: NDArray[np.float64], weights: NDArray[np.float64], rows: NDArray[np.int64]) -> int:
    if len(rows) == 2:
        return int(rows.argmin())
    spread = np.nansum(weights * (shares - rows / rows.sum()) ** 2, axis=0)
    return int(spread.argmax())


def _of_number(number: NumberProfile, is_date: bool) -> Bars:
    """What lies beyond the edges has a bar to the least or the greatest value."""
    found, edges = number.histogram, np.array(number.histogram.edges)
    counts = _matrix(found.counts, 1)
    first, last = int(not counts[0].any()), len(counts) - int(not counts[-1].any())
    bounds = np.concatenate([[min(number.least, edges[0])], edges, [max(number.greatest, edges[-1])]])[first : last + 1]
    labels = _labels(bounds, number.is_whole and not is_date, is_date)
    places, widths = (bounds[1:] + bounds[:-1]) / 2, np.diff(bounds)
    means = found.target_means[first:last]
    if is_date:
        times = places.astype("int64").astype("datetime64[us]")
        return Bars(labels, counts[first:last], times, widths / 1000, means)  # Plotly's widths are milliseconds
    return Bars(labels, counts[first:last], places, widths, means)


def _labels(bounds: NDArray[np.float64], is_whole: bool, is_date: bool) -> tuple[str, ...]:
    if is_date:
        minutes = bounds.astype("int64").astype("datetime64[us]").astype("datetime64[m]")
        said = [str(minute).replace("T", " ").removesuffix(" 00:00") for minute in minutes]
    else:
        said = [f"{bound:,.6g}" for bound in bounds]
    whole = is_whole and np.all(np.diff(bounds) <= 1)
    return tuple(low if whole else f"{low} – {high}" for low, high in pairwise(said))


def _matrix(counts: Sequence[Sequence[int]], targets: int) -> NDArray[np.int64]:
    return np.array(counts, np.int64).reshape(len(counts), -1 if len(counts) else targets)
