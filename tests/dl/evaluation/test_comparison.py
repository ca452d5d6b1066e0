"""The tests agree with scipy's, and err as seldom as they say."""

import numpy as np
import pytest
from scipy.stats import binomtest

from dl.evaluation.comparison import compare_classes, compare_numbers, matrix_difference, mcnemar, rows_for_shares


def guesses(random: np.random.Generator, rows: int, first: float, second: float) -> tuple[np.ndarray, ...]:
    """True classes of two, and what two networks say that are right with these probabilities."""
    true = random.integers(0, 2, rows)
    return true, *(np.where(random.random(rows) < share, true, 1 - true) for share in (first, second))


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 5), (7, 7), (3, 12), (60, 41), (5_000, 5_200), (90, 2_000)])
def test_mcnemar_equals_the_binomial_test(first: int, second: int) -> None:
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(second, first) == mcnemar(first, second)


def test_classes_are_compared_row_by_row() -> None:
    true = np.array([0, 0, 1, 1, 2, 2])
    first, second = np.array([0, 0, 1, 1, 2, 0]), np.array([0, 1, 1, 0, 0, 2])
    found = compare_classes(true, first, second)
    assert (found.only_first, found.only_second, found.rows) == (3, 1, 6)
    assert found.difference.value == pytest.approx(2 / 6)
    assert found.p == pytest.approx(10 / 16)  # (1 + 4) / 2**4, twice
    assert matrix_difference(true, first, second, 3).tolist() == [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]


def test_equal_networks_need_no_number_of_rows() -> None:
    true = np.array([0, 1, 0, 1])
    found = compare_classes(true, true, true)
    assert (found.p, found.needed, found.further, found.difference.value) == (1.0, None, None, 0.0)
    numbers = true.astype(float)
    same = compare_numbers(numbers, numbers + 1, numbers + 1, "root_mean_squared_error")
    assert (same.p, same.needed, same.is_real) == (1.0, None, False)


def test_rows_for_shares_equals_the_published_formula() -> None:
    """Connor (1987): (1.96 sqrt(0.25) + 0.8416 sqrt(0.25 - 0.05**2))**2 / 0.05**2 for shares of 0.15 and 0.10."""
    assert rows_for_shares(0.15, 0.10) == rows_for_shares(0.10, 0.15) == 783


def test_chance_is_seldom_taken_for_a_difference_of_classes() -> None:
    random = np.random.default_rng(0)
    real = [compare_classes(*guesses(random, 400, 0.8, 0.8)).is_real for _ in range(400)]
    assert 0 < np.mean(real) <= 0.05  # an exact test errs less often than it may


def test_so_many_rows_show_the_difference_of_classes_four_times_in_five() -> None:
    random = np.random.default_rng(1)
    rows = rows_for_shares(0.85 * 0.2, 0.8 * 0.15)
    assert rows
    real = [compare_classes(*guesses(random, rows, 0.85, 0.8)).is_real for _ in range(400)]
    assert 0.73 < np.mean(real) < 0.87


@pytest.mark.parametrize(("metric", "power"), [("root_mean_squared_error", 2), ("mean_absolute_error", 1)])
def test_numbers_are_compared_in_their_unit(metric: str, power: int) -> None:
    random = np.random.default_rng(2)
    true = random.normal(0, 10, 1_500)
    first, second = true + random.normal(0, 1, 1_500), true + random.normal(0, 1.3, 1_500)
    found, back = compare_numbers(true, first, second, metric), compare_numbers(true, second, first, metric)
    reached = [(np.abs(said - true) ** power).mean() ** (1 / power) for said in (first, second)]
    assert found.difference.value == pytest.approx(reached[0] - reached[1])
    assert found.difference.low < found.difference.value < found.difference.high < 0
    assert found.is_real and found.further == 0
    assert (back.difference.low, back.p) == (pytest.approx(-found.difference.high), found.p)


def test_interval_holds_the_true_difference_as_often_as_it_says_of_few_rows_too() -> None:
    """30 rows of which the first network alone has 20 % right, and the second alone 5 %."""
    random, held = np.random.default_rng(5), 0
    for _ in range(2_000):
        kinds = random.choice(3, 30, p=[0.2, 0.05, 0.75])
        found = compare_classes(np.zeros(30), (kinds == 1).astype(int), (kinds == 0).astype(int))
        held += found.difference.low <= 0.15 <= found.difference.high
    assert 0.94 <= held / 2_000 <= 0.985


def test_few_rows_without_any_difference_claim_no_certainty() -> None:
    found = compare_classes(np.zeros(8), np.zeros(8), np.zeros(8))
    assert found.difference.value == 0 and found.difference.low < -0.1 and found.difference.high > 0.1


def test_many_rows_have_the_interval_of_the_normal_approximation() -> None:
    """Beyond so many rows, groups of them are drawn; the standard error of paired means is known."""
    random = np.random.default_rng(3)
    true, rows = np.zeros(30_011), 30_011
    first, second = random.normal(0, 1, rows), random.normal(0, 1.01, rows)
    found = compare_numbers(true, first, second, "mean_absolute_error")
    half = 1.96 * np.std(np.abs(first) - np.abs(second)) / rows**0.5
    assert (found.difference.high - found.difference.low) / 2 == pytest.approx(half, rel=0.07)


def test_further_rows_of_numbers_follow_from_how_the_errors_spread() -> None:
    random = np.random.default_rng(4)
    true = np.zeros(100)
    first, second = random.normal(0, 1, 100), random.normal(0, 1.05, 100)
    found = compare_numbers(true, first, second, "mean_absolute_error")
    apart = np.abs(first) - np.abs(second)
    needed = (2.8015852 * apart.std(ddof=1) / apart.mean()) ** 2
    assert not found.is_real
    assert found.needed == int(np.ceil(needed)) and found.further == found.needed - 100
