"""One of some classes is to be told: what is asked of a network, what it is measured by, and what there is to beat."""

import numpy as np

from dl.datasets.catalogue import builtin
from dl.tasks.choice import task_of
from dl.tasks.classification import Classification

TARGETS = np.array([0, 1, 2])
OUTPUTS = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.1, 0.1, 0.8]], np.float32)
TASK = Classification(("a", "b", "c"))


def test_data_with_classes_pose_it_with_an_output_a_class() -> None:
    task = task_of(builtin("digits"))
    assert (task.name, task.outputs) == ("classification", 10)
    assert task.fit("sparse_categorical_crossentropy").encoding == "integer"
    assert TASK.encoded(TARGETS, "integer") is TARGETS
    np.testing.assert_array_equal(TASK.encoded(TARGETS, "one_hot"), np.eye(3))


def test_report_is_that_of_the_answers() -> None:
    low, high = TASK.intervals(TARGETS, OUTPUTS)["accuracy"]
    assert low < 2 / 3 < high
    report = TASK.report(TARGETS, OUTPUTS)
    assert report["test_accuracy"] == 2 / 3 and report["confusion_matrix"] == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert list(report["per_class"]) == ["a", "b", "c"]


def test_baseline_is_the_most_frequent_class_of_the_training_set() -> None:
    baseline = TASK.baseline(np.array([1, 1, 0]), TARGETS)
    assert (baseline.kind, baseline.score, baseline.facts) == ("majority", 1 / 3, {"class": 1})
