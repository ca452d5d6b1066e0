"""Runs that differ in their seeds alone: how much of a result is luck."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dl.runs.table import RunRow

SEEDS = 5


@dataclass(frozen=True)
class Family:
    """The oldest run first; those that failed or were stopped do not count."""

    rows: tuple[RunRow, ...] = ()

    @property
    def done(self) -> tuple[RunRow, ...]:
        return tuple(row for row in self.rows if row.test_score is not None)

    @property
    def spread(self) -> tuple[float, float]:
        """Mean and standard deviation of the test scores, of two at least."""
        scores = [row.test_score for row in self.done if row.test_score is not None]
        return float(np.mean(scores)), float(np.std(scores, ddof=1))

    @property
    def lacking(self) -> list[int]:
        """The least seeds that nobody has and that bring it to five."""
        used = {row.request.seed for row in self.rows if row.request}
        free = (seed for seed in range(SEEDS + len(used)) if seed not in used)
        return [seed for _, seed in zip(range(SEEDS - len(self.rows)), free, strict=False)]


def families(rows: Iterable[RunRow]) -> dict[str, Family]:
    """By what their runs have in common, as `Request.family` names it."""
    found: dict[str, list[RunRow]] = {}
    for row in sorted(rows, key=lambda row: int(row.run.id)):
        if row.request and _counts(row):
            found.setdefault(row.request.family, []).append(row)
    return {name: Family(tuple(members)) for name, members in found.items()}


def _counts(row: RunRow) -> bool:
    if row.status is None:
        return False
    return row.test_score is not None if row.status.state == "FINISHED" else not row.status.ended
