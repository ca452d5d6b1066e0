"""Errors of predicted numbers, against scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from dl.evaluation.regression import mean_absolute_error, mean_guess, r_squared, root_mean_squared_error

TRUE = np.random.default_rng(0).normal(150, 70, 50)
PREDICTED = TRUE + np.random.default_rng(1).normal(0, 30, 50)


def test_errors_are_those_of_scikit_learn() -> None:
    assert mean_absolute_error(TRUE, PREDICTED) == pytest.approx(metrics.mean_absolute_error(TRUE, PREDICTED))
    assert root_mean_squared_error(TRUE, PREDICTED) ** 2 == pytest.approx(metrics.mean_squared_error(TRUE, PREDICTED))
    assert r_squared(TRUE, PREDICTED) == pytest.approx(metrics.r2_score(TRUE, PREDICTED))


def test_always_guessing_the_mean_explains_nothing() -> None:
    mean, error = mean_guess(TRUE, TRUE)
    assert r_squared(TRUE, np.full(50, mean)) == pytest.approx(0)
    assert error == pytest.approx(np.abs(TRUE - TRUE.mean()).mean())
    assert np.isnan(r_squared(np.ones(3), np.zeros(3)))
