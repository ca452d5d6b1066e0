"""What all tasks do alike: targets as a loss takes them, and what fits a loss."""

import numpy as np

from dl.tasks.classification import Classification
from dl.tasks.regression import Regression
from dl.tasks.task import Fit, majority_baseline

CLASSES = Classification(("a", "b", "c"))


def test_targets_are_encoded_as_a_loss_takes_them() -> None:
    labels, numbers = np.array([0, 2, 1]), np.array([1.0, 2.0, 6.0], np.float32)
    assert CLASSES.encoded(labels, "integer") is labels
    np.testing.assert_array_equal(CLASSES.encoded(labels, "one_hot"), np.eye(3)[labels])
    np.testing.assert_array_equal(Regression().encoded(numbers, "number"), [[1], [2], [6]])


def test_what_fits_a_loss_is_said_and_of_one_that_does_not_fit_what_fits_the_usual_one() -> None:
    assert CLASSES.usual_loss == "sparse_categorical_crossentropy"
    assert CLASSES.fit("mean_squared_error") == Fit(("softmax", "sigmoid"), "one_hot")
    assert CLASSES.fit("mean_absolute_error") == CLASSES.fit(CLASSES.usual_loss) == Fit(("softmax",), "integer")


def test_majority_baseline_says_which_class_is_guessed() -> None:
    assert majority_baseline(4, 0.25).model_dump() == {
        "kind": "majority",
        "metric": "accuracy",
        "score": 0.25,
        "facts": {"class": 4.0},
    }
