import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from dl.datasets import balanced_class_weights

LABELS = np.repeat(np.arange(4, dtype=np.uint8), [1, 10, 100, 7])


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
