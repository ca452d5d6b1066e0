"""One of some classes is to be told: what is asked of a network, what it is measured by, and what there is to beat."""

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from dl.datasets.catalogue import BUILTINS
from dl.tasks import task_of
from dl.tasks.classification import Classification, balanced_class_weights

TARGETS = np.array([0, 1, 2])
OUTPUTS = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.1, 0.1, 0.8]], np.float32)
TASK = Classification(("a", "b", "c"))
LABELS = np.repeat(np.arange(4, dtype=np.uint8), [1, 10, 100, 7])


def test_data_with_classes_pose_it_with_an_output_a_class() -> None:
    task = task_of(BUILTINS["digits"])
    assert (task.name, task.outputs) == ("classification", 10)


def test_report_is_that_of_the_answers() -> None:
    low, high = TASK.intervals(TARGETS, OUTPUTS)["accuracy"]
    assert low < 2 / 3 < high
    report = TASK.report(TARGETS, OUTPUTS)
    assert report["test_accuracy"] == 2 / 3 and report["confusion_matrix"] == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert list(report["per_class"]) == ["a", "b", "c"]


def test_baseline_is_the_most_frequent_class_of_the_training_set() -> None:
    baseline = TASK.baseline(np.array([1, 1, 0]), TARGETS)
    assert (baseline.kind, baseline.score, baseline.facts) == ("majority", 1 / 3, {"class": 1})


def test_weights_are_those_of_scikit_learn() -> None:
    expected = compute_class_weight("balanced", classes=np.arange(4), y=LABELS)
    np.testing.assert_allclose(balanced_class_weights(LABELS, 4), expected, rtol=1e-6)


def test_all_classes_count_the_same_together() -> None:
    weights = balanced_class_weights(LABELS, 4)
    np.testing.assert_allclose(np.bincount(LABELS) * weights, len(LABELS) / 4, rtol=1e-6)


def test_class_without_rows_weighs_nothing() -> None:
    weights = balanced_class_weights(np.array([0, 0, 2]), 4)
    assert weights.dtype == np.float32
    assert weights.tolist() == [0.375, 0.0, 0.75, 0.0]
