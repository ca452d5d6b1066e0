"""Where a network is better or worse than on the whole: its scores for every level or range of a column."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dl.evaluation.groups import Groups, grouped
from dl.evaluation.intervals import Z_95, Estimate, mean_estimate, share_estimate
from dl.evaluation.ranking import ranking, roc_area
from dl.evaluation.regression import regression_estimates

FEWEST = 10  # rows of a slice that says something
LOWER_IS_BETTER = ("crossentropy", "root_mean_squared_error", "mean_absolute_error")
SMALLEST = 1e-7  # probability in a logarithm: Keras's epsilon


class TaskLike(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def outputs(self) -> int: ...


@dataclass(frozen=True)
class Slices:
    """`scores` has a line for each of the `groups`: `rows`, and of every score its value, `…_low` and `…_high`."""

    groups: Groups
    scores: pd.DataFrame


def slices(values: Any, kind: str, targets: NDArray[Any], outputs: NDArray[Any], task: TaskLike) -> Slices:
    """By the `values` (rows,) of a column of this `kind`, as `grouped` takes them."""
    groups, scored = grouped(values, kind), scores_of(task)
    lines = [{"rows": len(rows), **_flat(scored(targets[rows], outputs[rows]))} for rows in groups.split()]
    return Slices(groups, pd.DataFrame(lines))


def worst_slice(scores: pd.DataFrame, score: str, overall: float, *, lower_is_better: bool) -> int | None:
    """The place of the slice with the worst `score` of those that are worse than the whole by more than chance.

    Of many slices one is always the worst, so each interval is widened until all of them hold together with 95 %:
    O. J. Dunn, "Multiple comparisons among means", JASA 56 (1961), 52-64. Slices of few rows are left out.
    """
    enough = scores["rows"] >= FEWEST
    widening = NormalDist().inv_cdf(1 - 0.025 / max(int(enough.sum()), 1)) / Z_95
    sign, towards = (-1, "low") if lower_is_better else (1, "high")
    value = scores[score]
    bound = value + widening * (scores[f"{score}_{towards}"] - value)
    worse = enough & (sign * (bound - overall) < 0)
    return int(np.nanargmin((sign * value).where(worse))) if worse.any() else None


def scores_of(task: TaskLike) -> Callable[[NDArray[Any], NDArray[Any]], dict[str, Estimate]]:
    """What a task is scored by, from targets (rows,) and outputs (rows, outputs)."""
    if task.name == "regression":
        return lambda targets, outputs: regression_estimates(targets, outputs[:, 0])
    return two_class_estimates if task.outputs == 2 else classification_estimates


def classification_estimates(targets: NDArray[Any], outputs: NDArray[Any]) -> dict[str, Estimate]:
    """Accuracy and cross-entropy."""
    right = int(np.count_nonzero(outputs.argmax(axis=1) == targets))
    return {
        "accuracy": share_estimate(right, len(targets)),
        "crossentropy": mean_estimate(cross_entropies(targets, outputs)),
    }


def two_class_estimates(
    targets: NDArray[Any], outputs: NDArray[Any], positive: int = 1, threshold: float = 0.5
) -> dict[str, Estimate]:
    """Beside these: precision and recall of the `positive` class from a `threshold` on, and the area under its ROC."""
    truly, probability = targets == positive, class_probability(outputs, positive)
    found = probability >= threshold
    hits, right = int(np.count_nonzero(found & truly)), int(np.count_nonzero(found == truly))
    return {
        "accuracy": share_estimate(right, len(targets)),
        "precision": share_estimate(hits, int(np.count_nonzero(found))),
        "recall": share_estimate(hits, int(np.count_nonzero(truly))),
        "roc_area": roc_area(ranking(truly, probability)),
        "crossentropy": mean_estimate(cross_entropies(targets, outputs)),
    }


def class_probability(outputs: NDArray[Any], index: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """(rows,) of one class, or of one for each row. The outputs of a sigmoid need not add up to 1: they are made to."""
    places = np.broadcast_to(np.asarray(index, np.int64), len(outputs))[:, np.newaxis]
    chosen, total = np.take_along_axis(outputs, places, axis=1)[:, 0].astype(float), outputs.sum(axis=1, dtype=float)
    return np.divide(chosen, total, out=np.full(len(outputs), 1 / outputs.shape[1]), where=total > 0)


def cross_entropies(targets: NDArray[Any], outputs: NDArray[Any]) -> NDArray[np.float64]:
    """-log of the probability of the true class, of every row."""
    return -np.log(np.clip(class_probability(outputs, targets), SMALLEST, 1))


def _flat(scores: dict[str, Estimate]) -> dict[str, float]:
    parts = (("", "value"), ("_low", "low"), ("_high", "high"))
    return {f"{name}{end}": getattr(score, part) for name, score in scores.items() for end, part in parts}
