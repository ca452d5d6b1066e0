"""Bins hold what they say, and their bars begin and end at round numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl.profiles.bins import choose_bins

RANDOM = np.random.default_rng(0)
NUMBERS = st.lists(st.one_of(st.floats(allow_nan=True, allow_infinity=False), st.integers(-5, 5)), min_size=1)


@settings(max_examples=50)
@given(first=NUMBERS, later=NUMBERS)
def test_codes_are_those_of_a_binary_search(first: list[float], later: list[float]) -> None:
    bins, values = choose_bins(np.array(first, float)), np.array(first + later, float)
    expected = np.where(np.isnan(values), bins.missing, np.searchsorted(bins.edges, values, side="right"))
    np.testing.assert_array_equal(bins.codes(values), expected)


@pytest.mark.parametrize("values", [RANDOM.exponential(size=5000) ** 4, RANDOM.normal(size=5000), np.arange(5000.0)])
def test_codes_are_right_where_edges_lie_close_together(values: np.ndarray) -> None:
    bins = choose_bins(values)
    np.testing.assert_array_equal(bins.codes(values), np.searchsorted(bins.edges, values, side="right"))


def test_few_values_have_a_bin_each() -> None:
    values = RANDOM.integers(17, 91, 5000).astype(float)
    bins = choose_bins(values)
    assert bins.single[np.unique(bins.codes(values))].all()


def test_frequent_one_of_many_values_has_a_bin_of_its_own() -> None:
    values = np.append(RANDOM.normal(100, 10, 5000), np.full(50, -999.0))
    bins = choose_bins(values)
    assert bins.single[bins.codes(np.array([-999.0]))].all()
    assert not bins.single[bins.codes(values[:5000])].all()


@pytest.mark.parametrize(
    ("values", "first", "last", "step"),
    [
        (np.linspace(0.03, 0.98, 500), 0, 1, 0.05),
        (np.arange(17, 91), 16, 92, 3),
        (np.arange(1e6, 3e6, 999), 1e6, 3e6, 1e5),
        (np.full(9, 7), 7, 8, 1),
    ],
)
def test_bars_are_round_and_of_one_width(values: np.ndarray, first: float, last: float, step: float) -> None:
    bins = choose_bins(values.astype(float))
    bars = bins.edges[bins.shown]
    assert np.ptp(np.diff(bars)) < 1e-9 * max(1, step) and len(bars) <= 40
    assert bars[0] <= values.min() and bars[-1] > values.max()
    assert (bars[0], bars[-1]) == pytest.approx((first, last), abs=step)


def test_long_tails_do_not_squeeze_the_bars() -> None:
    values = np.append(RANDOM.normal(size=10_000), [1e9, -1e7])
    bars = (bins := choose_bins(values)).edges[bins.shown]
    assert -10 < bars[0] < -2 and 2 < bars[-1] < 10


DATES = [
    ("1990-05-03", "2020-01-01", "Y"),
    ("2020-01-05", "2021-06-01", "M"),
    ("2020-01-01T00:10", "2020-01-01T09", "h"),
]


@pytest.mark.parametrize(("start", "end", "unit"), DATES)
def test_bars_of_dates_begin_with_the_calendar(start: str, end: str, unit: str) -> None:
    ends = np.array([start, end], "datetime64[us]").astype(np.int64).astype(float)
    bins = choose_bins(np.linspace(*ends, 1000), dates=True)
    bars = bins.edges[bins.shown].astype(np.int64).astype("datetime64[us]")
    assert (bars == bars.astype(f"datetime64[{unit}]")).all() and len(bars) <= 42
    assert bars[0] <= np.datetime64(start) and bars[-1] > np.datetime64(end)


@pytest.mark.parametrize("values", [[0.0, 5e-324], [-1.79e308, 1.79e308], [-2.4e16], [1e-300, 2e-300, np.nan]])
def test_tiny_and_huge_numbers_have_bins(values: list[float]) -> None:
    bins = choose_bins(np.array(values))
    expected = np.where(np.isnan(values), bins.missing, np.searchsorted(bins.edges, values, side="right"))
    assert bins.codes(np.array(values)).tolist() == expected.tolist()


def test_missing_values_alone_give_bins_too() -> None:
    bins = choose_bins(np.full(3, np.nan))
    assert bins.codes(np.array([np.nan, 5.0])).tolist() == [bins.missing, len(bins.edges)]


def test_wide_table_has_fewer_bins_a_column() -> None:
    values = RANDOM.normal(size=5000)
    assert len(choose_bins(values, columns=10_000).edges) < 150 < len(choose_bins(values).edges)
