"""Whether a difference between two networks is more than chance."""

import numpy as np
import pytest
from scipy import stats

from dl.evaluation.comparison import compare_classes, compare_numbers


def right(only_first: int, only_second: int, both: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    first = np.repeat([True, False, True, False], [only_first, only_second, both, neither])
    second = np.repeat([False, True, True, False], [only_first, only_second, both, neither])
    return first, second


@pytest.mark.parametrize(("b", "c"), [(10, 3), (3, 10), (0, 7), (400, 460), (1, 0), (5, 5), (90_000, 90_900)])
def test_p_of_classes_is_that_of_a_fair_coin(b: int, c: int) -> None:
    found = compare_classes(*right(b, c, 500, 20))
    assert found.p == pytest.approx(stats.binomtest(min(b, c), b + c).pvalue, rel=1e-6)
    assert (found.only_first, found.only_second) == (b, c)
    assert found.value == pytest.approx((b - c) / (b + c + 520)) and found.low <= found.value <= found.high


def test_two_that_never_differ_have_nothing_to_show() -> None:
    found = compare_classes(*right(0, 0, 90, 10))
    assert (found.value, found.p, found.further) == (0.0, 1.0, None) and not found.is_real
    assert found.low < 0 < found.high


def test_interval_of_classes_holds_as_often_as_it_says() -> None:
    random, true, held = np.random.default_rng(0), 0.04 - 0.02, 0
    for _ in range(600):
        b, c, rest = random.multinomial(400, [0.04, 0.02, 0.94])
        found = compare_classes(*right(b, c, rest, 0))
        held += found.low <= true <= found.high
    assert 0.93 <= held / 600 <= 0.98


def test_so_many_further_rows_show_a_difference_four_times_in_five() -> None:
    found = compare_classes(*right(24, 16, 900, 60))
    assert not found.is_real and found.further
    random, rows, shown = np.random.default_rng(1), 1000 + found.further, 0
    for _ in range(300):
        b, c, rest = random.multinomial(rows, [0.024, 0.016, 0.96])
        shown += compare_classes(*right(b, c, rest, 0)).is_real
    assert 0.72 <= shown / 300 <= 0.88


@pytest.mark.parametrize("rows", [400, 30_000])
def test_numbers_are_compared_by_their_root_mean_squared_errors(rows: int) -> None:
    random = np.random.default_rng(0)
    targets = random.normal(size=rows)
    first, second = (targets + random.normal(0, spread, rows) for spread in (1.0, 1.3))
    found = compare_numbers(targets, first, second)
    rmse = [float(np.sqrt(np.mean((each - targets) ** 2))) for each in (first, second)]
    assert found.value == pytest.approx(rmse[1] - rmse[0]) and found.low < 0.3 < found.high
    assert found.is_real and found.low > 0 and found.further == 0
    reverse = compare_numbers(targets, second, first)
    assert reverse.value == pytest.approx(-found.value) and reverse.high < 0
    errors = [(each - targets) ** 2 for each in (first, second)]
    slopes = [error / (2 * root) for error, root in zip(errors, rmse, strict=True)]
    by_hand = float(np.std(slopes[1] - slopes[0])) / np.sqrt(rows)
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(by_hand, rel=0.1)


def test_networks_that_are_as_good_differ_by_chance_only() -> None:
    random = np.random.default_rng(3)
    real = 0
    for _ in range(60):
        targets = random.normal(size=150)
        first, second = (targets + random.normal(0, 1, 150) for _ in range(2))
        real += compare_numbers(targets, first, second).is_real
    assert real <= 9
    same = compare_numbers(targets, first, first)
    assert (same.value, same.p, same.further) == (0.0, 1.0, None)
