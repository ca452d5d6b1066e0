"""Which way a metric gets better, also one that nobody foresaw."""

import numpy as np
import pytest

from dl.tasks.metrics import ACCURACY, MEAN_ABSOLUTE_ERROR, R2_SCORE, ROOT_MEAN_SQUARED_ERROR, TOP_5_ACCURACY, metric


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("val_loss", "lower"),
        ("val_accuracy", "higher"),
        ("mean_squared_error", "lower"),
        ("val_root_mean_squared_error", "lower"),
        ("binary_crossentropy", "lower"),
        ("val_f1_score", "higher"),
        ("auc", "higher"),
    ],
)
def test_direction_follows_from_the_name(name: str, better: str) -> None:
    assert metric(name).better == better
    assert metric(name).sign == (1 if better == "higher" else -1)


def test_known_metrics_are_found_with_and_without_validation_in_front() -> None:
    assert metric("accuracy") == metric("val_accuracy") == ACCURACY
    assert metric("val_top_5_accuracy") == TOP_5_ACCURACY and metric("auc").format == "number"
    assert TOP_5_ACCURACY.keras_class(sparse=True) == "SparseTopKCategoricalAccuracy"


def test_metrics_of_numbers_are_told_in_the_unit_of_the_target() -> None:
    """Of means over standardised targets whose variance is 0.5, where 1 stands for 10 euros."""
    means = np.array([0.25, 0.0])
    np.testing.assert_array_equal(ROOT_MEAN_SQUARED_ERROR.finish(means, 0.5, 10), [5, 0])
    np.testing.assert_array_equal(MEAN_ABSOLUTE_ERROR.finish(means, 0.5, 10), [2.5, 0])
    np.testing.assert_array_equal(R2_SCORE.finish(means, 0.5, 10), [0.5, 1])
    assert np.isnan(R2_SCORE.finish(means, 0.0, 10)).all()
    np.testing.assert_array_equal(ACCURACY.finish(means, 0.5, 10), means)


def test_names_are_short_on_the_command_line() -> None:
    assert [metric(name).told for name in ("r2_score", "root_mean_squared_error", "accuracy")] == [
        "r2",
        "rmse",
        "accuracy",
    ]
