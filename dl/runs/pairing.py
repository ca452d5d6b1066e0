"""Which runs can be compared row by row: those that answered the same question on the same test rows."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from dl.errors import RunDamaged
from dl.runs.run import Predictions, Run
from dl.runs.table import RunRow
from dl.tasks.metrics import metric

Obstacle = Literal["answers", "data", "target", "rows", "damaged"]


def obstacle(first: Run, second: Run) -> Obstacle | None:
    """Why no test tells whether these two differ; None if one can."""
    try:
        return _obstacle(first, second)
    except RunDamaged:
        return "damaged"


def _obstacle(first: Run, second: Run) -> Obstacle | None:
    one, other = first.dataset(), second.dataset()
    if one.fingerprint != other.fingerprint:
        return "data"
    if one.target.name != other.target.name or one.classes != other.classes:
        return "target"
    answers = first.predictions(mapped=True), second.predictions(mapped=True)
    if answers[0] is None or answers[1] is None:
        return "answers"
    return None if _same_rows(answers[0], answers[1]) else "rows"


def best_pair(rows: Sequence[RunRow]) -> tuple[RunRow, RunRow] | None:
    """The best one by test score, of the data set that most of the runs are about, and the best that it can be
    compared with: one with other settings if there is any, for a seed is no choice.

    None where fewer than two have a score on one data set.
    """
    by_data: dict[tuple[str, str], list[RunRow]] = {}
    for row in rows:
        if row.request and row.test_score is not None:
            by_data.setdefault((row.request.dataset, row.metric), []).append(row)
    most = max(by_data.values(), key=len, default=[])
    if len(most) < 2:
        return None
    best, *others = sorted(most, key=_score, reverse=True)
    others.sort(key=lambda row: _is_repetition(best, row))
    return best, next((row for row in others if obstacle(best.run, row.run) is None), others[0])


def _is_repetition(row: RunRow, other: RunRow) -> bool:
    return bool(row.request and other.request and row.request.family == other.request.family)


def _score(row: RunRow) -> float:
    return metric(row.metric).sign * (row.test_score or 0.0)


def _same_rows(one: Predictions, other: Predictions) -> bool:
    if (one.rows is None) != (other.rows is None) or not np.array_equal(one.targets, other.targets):
        return False
    return one.rows is None or other.rows is None or np.array_equal(one.rows, other.rows)
