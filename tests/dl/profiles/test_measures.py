"""Figures agree with what they are defined by, and with pandas."""

import numpy as np
import pandas as pd
import pytest

from dl.profiles.bins import choose_bins
from dl.profiles.measures import (
    Quantiles,
    band,
    class_relation,
    cramers_v,
    number_relation,
    rank_correlations,
    ranks_of,
    share_bounds,
)

RANDOM = np.random.default_rng(0)


def crossed(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return pd.crosstab(one, other).to_numpy()


def test_relation_to_two_classes_is_the_corrected_correlation_ratio() -> None:
    bins, target = RANDOM.integers(0, 5, 500), RANDOM.integers(0, 2, 500)
    target[bins == 3] = 1
    means = pd.Series(target).groupby(bins).transform("mean")
    within = ((target - means) ** 2).sum() / ((target - target.mean()) ** 2).sum()
    expected = np.sqrt(1 - within * 499 / 495)
    joint = crossed(bins, target)
    assert class_relation(joint) == pytest.approx(expected)
    assert number_relation(joint) == pytest.approx(expected)  # two ranges of a number are two classes


def test_relation_of_equal_columns_is_one_and_of_independent_ones_about_nothing() -> None:
    column = RANDOM.integers(0, 6, 5000)
    assert class_relation(crossed(column, column)) == number_relation(crossed(column, column)) == 1
    found = [class_relation(crossed(column, RANDOM.integers(0, 3, 5000))) ** 2 for _ in range(30)]
    assert np.mean(found) < 0.001


def test_relation_to_a_number_is_its_rank_correlation_where_that_is_linear() -> None:
    one = RANDOM.normal(size=20_000)
    other = 0.6 * one + 0.8 * RANDOM.normal(size=20_000)
    joint = crossed(pd.qcut(one, 20, labels=False), pd.qcut(other, 20, labels=False))
    assert number_relation(joint) == pytest.approx(abs(pd.Series(one).rank().corr(pd.Series(other).rank())), abs=0.01)


@pytest.mark.parametrize(
    "joint", [np.zeros((3, 2), int), np.array([[5, 0]]), np.array([[5], [4]]), np.eye(3, dtype=int)]
)
def test_relation_is_nothing_where_nothing_can_be_said(joint: np.ndarray) -> None:
    assert class_relation(joint) == number_relation(joint) == 0


def test_association_of_categories() -> None:
    same = RANDOM.integers(0, 4, 2000)
    assert cramers_v(crossed(same, same)) == pytest.approx(1)
    assert cramers_v(crossed(same, RANDOM.permutation(same))) < 0.06
    assert cramers_v(np.array([[5, 5]])) == cramers_v(np.zeros((2, 2), int)) == 0


def test_rank_correlations_are_those_of_pandas() -> None:
    columns = np.column_stack([RANDOM.normal(size=300), RANDOM.integers(0, 5, 300), np.ones(300)]).astype(float)
    columns[:, 1] += columns[:, 0] > 0
    expected = pd.DataFrame(columns).rank().corr().fillna(0)
    np.testing.assert_allclose(rank_correlations(columns), expected, atol=1e-12)
    assert ranks_of(np.array([5.0, 1.0, 5.0])).tolist() == [2.5, 1, 2.5]


def test_rank_correlation_is_of_the_rows_where_both_are_known() -> None:
    one = RANDOM.normal(size=2000)
    both = np.column_stack([one, -one])
    both[::3, 0], both[::5, 1] = np.nan, np.nan
    assert rank_correlations(both)[0, 1] == pytest.approx(-1, abs=0.01)


def test_quantiles_are_between_their_bounds_and_near() -> None:
    values = RANDOM.exponential(size=30_000)
    bins = choose_bins(values[:3000])
    counts = np.bincount(bins.codes(values), minlength=bins.size)[:-1]
    quantiles = Quantiles(bins, counts, (values.min(), values.max()))
    shares = np.array([0.01, 0.25, 0.5, 0.95])
    found, expected = quantiles.at(shares), np.quantile(values, shares)
    for share, truth in zip(shares, expected, strict=True):
        low, high = quantiles.bounds(share)
        assert low <= truth <= high
    np.testing.assert_allclose(found, expected, rtol=0.02)
    np.testing.assert_allclose(quantiles.below(expected), shares, atol=0.005)


def test_interval_contains_the_truth_nineteen_times_in_twenty() -> None:
    inside = 0
    for _ in range(400):
        blocks = RANDOM.normal(RANDOM.normal(size=60), 0.1)
        sample = blocks[:30]
        groups = [sample[start::10] for start in range(10)]
        parts = [np.array([np.mean(np.delete(sample, slice(start, None, 10)))]) for start in range(len(groups))]
        low, high = band(np.array([sample.mean()]), parts, 0.5)
        inside += low[0] <= blocks.mean() <= high[0]
    assert 0.92 < inside / 400 < 0.98


def test_interval_is_a_point_at_the_end_and_nothing_is_known_of_one_group() -> None:
    whole = np.array([0.3])
    assert band(whole, [], 1.0) == (whole, whole)
    low, high = band(whole, [whole], 0.1)
    assert (low[0], high[0]) == (-np.inf, np.inf)


def test_share_that_was_never_seen_may_still_be_there() -> None:
    low, high = share_bounds(0.0, 100)
    assert low == pytest.approx(0, abs=1e-12) and high == pytest.approx(0.037, abs=0.001)
    assert share_bounds(0.5, 0) == (0, 1)
