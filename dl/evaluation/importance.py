"""How much worse a network answers when one column is shuffled: what it takes from that column.

L. Breiman, "Random forests", Machine Learning 45 (2001), 5-32; A. Fisher, C. Rudin, F. Dominici, "All models are wrong,
but many are useful", JMLR 20 (2019), 177. Columns that say the same stand in for each other: each alone looks useless.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from dl.evaluation.intervals import mean_estimate
from dl.evaluation.slices import TaskLike

Columns = Mapping[str, NDArray[Any]]  # by name, (rows,) each
Predict = Callable[[Columns], NDArray[Any]]  # (rows, outputs)
Score = Callable[[NDArray[Any], NDArray[Any]], float]  # of targets and outputs
Progress = Callable[[int, int], None]  # how many shuffles of how many are done; what it raises ends the work


class ColumnImportance(BaseModel):
    """How much worse the score gets, on average, with the 95 % interval over the shuffles; 0 for a useless column."""

    column: str  # its field
    drop: float
    low: float
    high: float


class Importance(BaseModel):
    """The most important column first; `score` is that of the `metric` on these rows before anything was shuffled."""

    metric: str
    score: float
    rows: int
    repeats: int
    seed: int
    columns: list[ColumnImportance]


def scored_by(task: TaskLike, targets: NDArray[Any]) -> str:
    """The score, of those of `scores_of`, that tells most: accuracy would not notice a rare class of two."""
    if task.name == "regression":
        return "root_mean_squared_error"
    return "roc_area" if task.outputs == 2 and len(np.unique(targets)) == 2 else "accuracy"


def permutation_importance(
    predict: Predict,
    columns: Columns,
    targets: NDArray[Any],
    score: Score,
    metric: str,
    *,
    greater_is_better: bool,
    repeats: int = 5,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> Importance:
    """`repeats` shuffles of each column; each has a seed of its own, so that one more column changes no other's."""
    before = score(targets, predict(columns))
    sign, found = 1 if greater_is_better else -1, []
    for place, name in enumerate(columns):
        drops = []
        for repeat in range(repeats):
            shuffled = _shuffled(columns, name, seed, repeat)
            drops.append(sign * (before - score(targets, predict(shuffled))))
            progress(place * repeats + repeat + 1, len(columns) * repeats)
        mean = mean_estimate(np.array(drops))
        found.append(ColumnImportance(column=name, drop=mean.value, low=mean.low, high=mean.high))
    found.sort(key=lambda column: -column.drop)
    return Importance(metric=metric, score=before, rows=len(targets), repeats=repeats, seed=seed, columns=found)


def _shuffled(columns: Columns, name: str, seed: int, repeat: int) -> Columns:
    random = np.random.default_rng([seed, repeat, *name.encode()])
    return {**columns, name: random.permutation(columns[name])}
