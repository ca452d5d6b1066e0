"""The target is a number, and a network answers with one."""

from dataclasses import dataclass
from typing import Any, ClassVar

from dl.evaluation.regression import mean_absolute_error, mean_guess, r_squared, root_mean_squared_error
from dl.tasks.metrics import MEAN_ABSOLUTE_ERROR
from dl.tasks.task import Baseline, Fit, Outputs, Targets, Task

_ONE_NUMBER = Fit(("linear", "softplus"), "number")


@dataclass(frozen=True)
class Regression(Task):
    name = "regression"
    losses: ClassVar = {"mean_squared_error": _ONE_NUMBER, "mean_absolute_error": _ONE_NUMBER}
    metrics = (MEAN_ABSOLUTE_ERROR,)

    @property
    def outputs(self) -> int:
        return 1

    def baseline(self, train_targets: Targets, targets: Targets) -> Baseline:
        mean, error = mean_guess(train_targets, targets)
        return Baseline(kind="average", metric="mean_absolute_error", score=error, facts={"mean": mean})

    def report(self, targets: Targets, outputs: Outputs) -> dict[str, Any]:
        measures = (mean_absolute_error, root_mean_squared_error, r_squared)
        return {f"test_{measure.__name__}": measure(targets, outputs[:, 0]) for measure in measures}
