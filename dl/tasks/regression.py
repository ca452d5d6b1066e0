"""The target is a number, and a network answers with one."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dl.evaluation.regression import mean_absolute_error, mean_guess, r_squared, root_mean_squared_error
from dl.tasks.metrics import MEAN_ABSOLUTE_ERROR, R2_SCORE, ROOT_MEAN_SQUARED_ERROR
from dl.tasks.task import Baseline, Fit, Outputs, Targets, Task

_ONE_NUMBER = Fit(("linear",), "number")  # standardised, so it is below 0 half the time
_MEASURES = {
    ROOT_MEAN_SQUARED_ERROR: root_mean_squared_error,
    MEAN_ABSOLUTE_ERROR: mean_absolute_error,
    R2_SCORE: r_squared,
}


@dataclass(frozen=True)
class Regression(Task):
    name = "regression"
    losses: ClassVar = dict.fromkeys(("mean_squared_error", "mean_absolute_error", "huber"), _ONE_NUMBER)
    metrics = tuple(_MEASURES)

    @property
    def outputs(self) -> int:
        return 1

    @property
    def usual_metrics(self) -> tuple[str, ...]:
        return tuple(metric.name for metric in self.metrics)

    def baseline(self, train_targets: Targets, targets: Targets) -> Baseline:
        """Always guessing the mean of the training targets."""
        mean, error = mean_guess(train_targets, targets)
        guesses = np.full(len(targets), mean)
        score, explained = root_mean_squared_error(targets, guesses), r_squared(targets, guesses)
        facts = {"mean": mean, MEAN_ABSOLUTE_ERROR.name: error}
        facts |= {R2_SCORE.name: explained} if np.isfinite(explained) else {}
        return Baseline(kind="average", metric=ROOT_MEAN_SQUARED_ERROR.name, score=score, facts=facts)

    def report(self, targets: Targets, outputs: Outputs) -> dict[str, Any]:
        return {f"test_{metric.told}": measure(targets, outputs[:, 0]) for metric, measure in _MEASURES.items()}
