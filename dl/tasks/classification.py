"""The target is one of some classes, and a network answers with the probability of each."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

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


def balanced_class_weights(labels: Targets, classes: int) -> NDArray[np.float32]:
    """rows / (classes * rows of the class): all classes count the same together. A class without rows gets 0.

    The "balanced" weights of scikit-learn's `compute_class_weight`, after G. King, L. Zeng, "Logistic regression in
    rare events data", Political Analysis 9 (2001), 137-163.
    """
    counts = np.bincount(np.asarray(labels, np.int64), minlength=classes)
    return np.where(counts, len(labels) / (classes * np.maximum(counts, 1)), 0).astype(np.float32)
