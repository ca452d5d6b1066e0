"""Intervals agree with scipy's, and hold the truth as often as they say."""

import numpy as np
import pytest
from scipy.stats import binomtest, t

from dl.evaluation.intervals import mean_estimate, positive_mean_estimate, share_estimate, student_t, wilson


def test_wilson_equals_scipy_for_whole_arrays() -> None:
    successes, totals = np.array([0, 3, 10, 355]), np.array([10, 4, 10, 359])
    expected = [binomtest(*pair).proportion_ci(0.95, "wilson") for pair in zip(successes, totals, strict=True)]
    low, high = wilson(successes, totals)
    np.testing.assert_allclose(low, [each.low for each in expected], atol=1e-12)
    np.testing.assert_allclose(high, [each.high for each in expected], atol=1e-12)


def test_share_of_nothing_is_not_known() -> None:
    none = share_estimate(0, 0)
    assert np.isnan([none.value, none.low, none.high]).all()


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 7, 30, 5000])
def test_student_t_equals_scipy(degrees: int) -> None:
    assert student_t(degrees) == pytest.approx(t.ppf(0.975, degrees), rel=2e-3)


def test_mean_has_the_interval_of_students_t() -> None:
    values = np.random.default_rng(0).normal(3, 2, 12)
    found, expected = mean_estimate(values), t.interval(0.95, 11, values.mean(), values.std(ddof=1) / 12**0.5)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-5)


def test_one_row_has_a_mean_and_no_interval() -> None:
    one = mean_estimate(np.array([4.0]))
    assert one.value == 4 and np.isnan([one.low, one.high]).all()
    assert np.isnan(mean_estimate(np.array([])).value) and np.isnan(positive_mean_estimate(np.array([])).value)


def test_mean_without_errors_is_sure_to_be_nothing() -> None:
    zero = positive_mean_estimate(np.zeros(5))
    assert (zero.value, zero.low, zero.high) == (0, 0, 0)


@pytest.mark.parametrize("rows", [20, 200])
def test_interval_of_skew_errors_holds_the_truth_about_as_often_as_it_says(rows: int) -> None:
    random = np.random.default_rng(1)
    found = [positive_mean_estimate(random.exponential(2, rows)) for _ in range(1000)]
    assert 0.91 < np.mean([each.low < 2 < each.high for each in found]) < 0.98
