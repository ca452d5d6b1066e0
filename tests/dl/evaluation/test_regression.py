"""Errors of predicted numbers, against scikit-learn's and the bootstrap."""

import numpy as np
import pytest
from sklearn import metrics

from dl.evaluation.regression import (
    mean_absolute_error,
    mean_guess,
    r_squared,
    r_squared_estimate,
    regression_estimates,
    root_mean_squared_error,
    worst_rows,
)

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


def test_estimates_are_the_errors_themselves() -> None:
    found = regression_estimates(TRUE.astype(np.float32), PREDICTED.astype(np.float32))
    assert found["mean_absolute_error"].value == pytest.approx(mean_absolute_error(TRUE, PREDICTED))
    assert found["root_mean_squared_error"].value == pytest.approx(root_mean_squared_error(TRUE, PREDICTED))
    assert found["r_squared"].value == pytest.approx(r_squared(TRUE, PREDICTED))
    assert found["mean_error"].value == pytest.approx((PREDICTED - TRUE).mean(), rel=1e-4)


def test_intervals_are_about_those_of_the_bootstrap() -> None:
    random = np.random.default_rng(2)
    true = random.normal(0, 3, 1000)
    predicted = true + random.standard_t(6, 1000)
    drawn = (random.integers(0, 1000, 1000) for _ in range(1000))
    again = [regression_estimates(true[rows], predicted[rows]) for rows in drawn]
    for score, found in regression_estimates(true, predicted).items():
        low, high = np.quantile([estimates[score].value for estimates in again], (0.025, 0.975))
        assert (found.low, found.high) == pytest.approx((low, high), abs=0.15 * (high - low)), score


@pytest.mark.parametrize("rows", [25, 400])
def test_interval_of_the_explained_share_holds_the_truth_about_as_often_as_it_says(rows: int) -> None:
    random, found = np.random.default_rng(3), []
    for _ in range(800):
        true = random.normal(0, 2, rows)
        found.append(r_squared_estimate(true, true + random.normal(0, 1, rows)))
    assert 0.92 < np.mean([each.low < 0.75 < each.high for each in found]) < 0.98


def test_perfect_answers_and_targets_without_spread_have_their_limits() -> None:
    assert r_squared_estimate(TRUE, TRUE).low == 1
    assert np.isnan(r_squared_estimate(np.ones(4), np.zeros(4)).value)
    assert np.isnan(r_squared_estimate(np.array([]), np.array([])).value)


def test_worst_rows_are_the_furthest_off_and_the_worst_first() -> None:
    rows = worst_rows(np.zeros(5), np.array([1, -9, 3, 0, 4]), 3)
    assert rows.tolist() == [1, 4, 2]
    assert len(worst_rows(np.zeros(2), np.ones(2), 5)) == 2 and len(worst_rows(np.array([]), np.array([]), 5)) == 0
