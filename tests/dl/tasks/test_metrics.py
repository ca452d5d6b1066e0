"""Which way a metric gets better, also one that nobody foresaw."""

import pytest

from dl.tasks.metrics import ACCURACY, TOP_5_ACCURACY, metric


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
