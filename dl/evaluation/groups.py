"""The rows cut into groups by the values of one column: a level or a range each, and those whose value is missing."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST = 8  # of ranges
MOST_LEVELS = 12


@dataclass(frozen=True)
class Group:
    """A range from `low` to `high`, both of them values that occur; one `level`; all `others`, so many levels; missing.

    Of dates, `low` and `high` are datetime64.
    """

    kind: Literal["range", "level", "others", "missing"]
    low: Any = None
    high: Any = None
    level: str = ""
    others: int = 0


@dataclass(frozen=True)
class Groups:
    """`codes` (rows,) int16 say which of the `groups` a row is in; none of these is empty."""

    codes: NDArray[np.int16]
    groups: tuple[Group, ...]

    def __len__(self) -> int:
        return len(self.groups)

    def rows(self, place: int) -> NDArray[np.intp]:
        return np.flatnonzero(self.codes == place)

    def split(self) -> list[NDArray[np.intp]]:
        """The rows of every group, in order."""
        order = np.argsort(self.codes, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.codes, minlength=len(self)))[:-1]) if len(self) else []


def grouped(values: Any, kind: str) -> Groups:
    """`values` (rows,): float64 of a "number", datetime64 of a "date", of all else str or a pandas Categorical.

    NaN, NaT and None are missing. Ranges hold about equally many rows each; a value that alone fills one has its own.
    """
    if kind == "date":
        return _ranges(np.asarray(values).astype("datetime64[us]"))
    return _ranges(np.asarray(values, float)) if kind == "number" else _levels(values)


def _ranges(values: NDArray[Any]) -> Groups:
    known = ~np.isnan(values)
    distinct, counts = np.unique(values[known], return_counts=True)
    starts = np.flatnonzero(np.diff(_range_of_each(counts), prepend=-1)) if len(counts) else counts
    ends = np.append(starts[1:], len(distinct)) - 1
    groups = [Group("range", distinct[low], distinct[high]) for low, high in zip(starts, ends, strict=False)]
    codes = np.searchsorted(distinct[starts], values, side="right") - 1
    codes[~known] = len(groups)
    return _with_missing(codes, groups, not known.all())


def _range_of_each(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which range a distinct value, so often there, falls into: a number that never gets less."""
    if len(counts) <= MOST:
        return np.arange(len(counts))
    alone = counts >= counts.sum() / MOST
    rest = np.where(alone, 0, counts)
    middle = (np.cumsum(rest) - rest / 2) / max(rest.sum(), 1)
    place = np.minimum((middle * max(MOST - alone.sum(), 1)).astype(np.int64), MOST)
    # A value of its own is a range of its own, and so is what follows it.
    return place + np.cumsum(alone) + np.cumsum(np.append(False, alone[:-1]))


def _levels(values: Any) -> Groups:
    """The most frequent levels, the most frequent first; ties as they stand in the column."""
    codes, levels = pd.factorize(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    there = np.count_nonzero(counts)
    kept = np.argsort(-counts, kind="stable")[: there if there <= MOST_LEVELS else MOST_LEVELS - 1]
    groups = [Group("level", level=str(levels[place])) for place in kept]
    place = np.full(len(levels) + 1, len(groups))
    place[kept] = np.arange(len(kept))
    if there > len(kept):
        groups.append(Group("others", others=int(there - len(kept))))
    place[-1] = len(groups)  # of the code -1, which is missing
    return _with_missing(place[codes], groups, bool((codes < 0).any()))


def _with_missing(codes: NDArray[Any], groups: list[Group], missing: bool) -> Groups:
    return Groups(codes.astype(np.int16), (*groups, *([Group("missing")] if missing else [])))
