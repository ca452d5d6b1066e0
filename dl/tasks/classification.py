"""The target is one of some classes, and a network answers with the probability of each."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dl.evaluation.classification import accuracy_interval, confusion_matrix, majority_share, per_class_scores
from dl.tasks.metrics import ACCURACY, TOP_5_ACCURACY
from dl.tasks.task import Baseline, Fit, Outputs, Targets, Task, majority_baseline


@dataclass(frozen=True)
class Classification(Task):
    classes: tuple[str, ...]

    name = "classification"
    losses: ClassVar = {
        "sparse_categorical_crossentropy": Fit(("softmax",), "integer"),
        "categorical_crossentropy": Fit(("softmax",), "one_hot"),
        "binary_crossentropy": Fit(("sigmoid", "softmax"), "one_hot"),
        "mean_squared_error": Fit(("softmax", "sigmoid"), "one_hot"),
    }
    metrics = (ACCURACY, TOP_5_ACCURACY)

    @property
    def outputs(self) -> int:
        return len(self.classes)

    def intervals(self, targets: Targets, outputs: Outputs) -> dict[str, tuple[float, float]]:
        right = int((outputs.argmax(axis=1) == targets).sum())
        return {"accuracy": accuracy_interval(right, len(targets))}

    def baseline(self, train_targets: Targets, targets: Targets) -> Baseline:
        return majority_baseline(*majority_share(train_targets, targets))

    def report(self, targets: Targets, outputs: Outputs) -> dict[str, Any]:
        matrix = confusion_matrix(targets, outputs.argmax(axis=1), self.outputs)
        right, total = int(np.trace(matrix)), int(matrix.sum())
        scores = per_class_scores(matrix)
        scores.index = list(self.classes)
        return {
            "test_accuracy": right / total,
            "test_accuracy_interval": accuracy_interval(right, total),
            "per_class": json.loads(scores.to_json(orient="index")),
            "confusion_matrix": matrix.tolist(),
        }
