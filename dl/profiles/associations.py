"""Each column against each, from rows that are taken evenly from all blocks."""

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.profiles.levels import Levels
from dl.profiles.measures import cramers_v, rank_correlations
from dl.profiles.profile import Associations
from dl.profiles.tally import ColumnTally
from dl.profiles.targets import equal_groups

ROWS = 100_000
VALUES = 4_000_000  # of all columns together
MOST_COLUMNS = 100
RANGES = 10
LEVELS = 50


class RowSample:
    """Every `step`-th row of each block, as numbers or as the codes of levels."""

    def __init__(self, tallies: list[ColumnTally], rows: int) -> None:
        self._tallies = [tally for tally in tallies if tally.column.kind not in ("text", "identifier")][:MOST_COLUMNS]
        wanted = min(ROWS, VALUES // max(1, len(self._tallies)))
        self._step = max(1, -(-rows // wanted))
        self._found: Associations | None = None
        self._parts: dict[str, list[NDArray[np.float64]]] = {tally.column.field: [] for tally in self._tallies}

    def add(self, field: str, values: NDArray[Any]) -> None:
        """Those of a block, as its tally gave them."""
        if field in self._parts:
            self._parts[field].append(values[:: self._step].astype(float))

    @property
    def _columns(self) -> list[NDArray[np.float64]]:
        columns = [np.concatenate(parts) for parts in self._parts.values()]
        for tally, column in zip(self._tallies, columns, strict=True):
            if not tally.is_number:
                column[column == Levels.missing] = np.nan
        return columns

    def associations(self, is_last: bool) -> Associations:
        """Found anew when there are twice as many rows as last time, and at last."""
        rows = sum(map(len, next(iter(self._parts.values()), [])))
        if self._found is None or is_last or rows >= 2 * self._found.rows:
            self._found = self._associations()
        return self._found

    def _associations(self) -> Associations:
        columns = self._columns
        values = np.eye(len(columns))
        numbers = np.flatnonzero([tally.is_number for tally in self._tallies])
        if len(numbers):
            values[np.ix_(numbers, numbers)] = rank_correlations(
                np.stack([columns[place] for place in numbers], axis=1)
            )
        codes = [self._codes(place, column) for place, column in enumerate(columns)]
        for one, other in combinations(range(len(columns)), 2):
            if one not in numbers or other not in numbers:
                values[one, other] = values[other, one] = cramers_v(_joint(codes[one], codes[other]))
        fields = tuple(tally.column.field for tally in self._tallies)
        matrix = tuple(tuple(row) for row in values.tolist())
        return Associations(fields=fields, values=matrix, rows=len(columns[0]) if columns else 0)

    def _codes(self, place: int, column: NDArray[np.float64]) -> NDArray[np.int64]:
        """From 0; -1 where missing."""
        known = ~np.isnan(column)
        values, places, counts = np.unique(column[known], return_inverse=True, return_counts=True)
        if self._tallies[place].is_number:
            group = equal_groups(counts, RANGES)
        else:
            group = np.minimum(np.argsort(np.argsort(-counts, kind="stable")), LEVELS)
        codes = np.full(len(column), -1)
        codes[known] = group[places] if len(values) else 0
        return codes


def _joint(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of the rows where both are known."""
    known = (one >= 0) & (other >= 0)
    return np.bincount(one[known] * (LEVELS + 1) + other[known], minlength=(LEVELS + 1) ** 2).reshape(LEVELS + 1, -1)
