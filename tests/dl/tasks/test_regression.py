"""A number is to be predicted: what is asked of a network, what it is measured by, and what there is to beat."""

import numpy as np
import pytest

from dl.datasets.catalogue import BUILTINS
from dl.tasks import task_of

TARGETS = np.array([1.0, 2.0, 6.0], np.float32)
OUTPUTS = np.array([[2.0], [2.0], [4.0]], np.float32)
TASK = task_of(BUILTINS["diabetes"])


def test_data_with_a_number_to_tell_pose_it_with_one_output() -> None:
    assert (TASK.name, TASK.outputs, TASK.usual_loss) == ("regression", 1, "mean_squared_error")


def test_report_is_that_of_the_answers() -> None:
    assert TASK.intervals(TARGETS, OUTPUTS) == {}
    report = TASK.report(TARGETS, OUTPUTS)
    assert report["test_mae"] == 1
    assert report["test_rmse"] == pytest.approx((5 / 3) ** 0.5)
    assert report["test_r2"] == pytest.approx(1 - 5 / 14)


def test_baseline_is_the_mean_of_the_training_targets() -> None:
    baseline = TASK.baseline(np.array([1.0, 3.0]), TARGETS)
    assert baseline.metric == "root_mean_squared_error" and baseline.score == pytest.approx((17 / 3) ** 0.5)
    assert baseline.facts == {
        "mean": 2.0,
        "mean_absolute_error": pytest.approx(5 / 3),
        "r2_score": pytest.approx(-3 / 14),
    }
