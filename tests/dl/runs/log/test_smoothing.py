"""The exponential moving average beside its definition."""

import numpy as np
import pytest

from dl.runs.log.smoothing import memory, smoothed


def by_definition(y: np.ndarray, smoothing: float) -> np.ndarray:
    total, weight, mean = 0.0, 0.0, []
    for value in y:
        total, weight = smoothing * total + value, smoothing * weight + 1
        mean.append(total / weight)
    return np.array(mean)


def test_smoothing_is_corrected_for_its_empty_start_and_leaves_gaps() -> None:
    values = np.array([1.0, 3.0, np.nan, 5.0, np.inf])
    expected = [1.0, (0.9 * 1 + 3) / 1.9, np.nan, (0.81 * 1 + 0.9 * 3 + 5) / 2.71, np.nan]
    np.testing.assert_allclose(smoothed(values, 0.9), expected, rtol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 0.9, 0.99, 0.99**256, 0.5**256])
def test_smoothing_is_exact_however_long_the_line(smoothing: float) -> None:
    y = np.random.default_rng(0).normal(5, 1, 5000)
    np.testing.assert_allclose(smoothed(y, smoothing), by_definition(y, smoothing), rtol=1e-6)


def test_nothing_is_smoothed_where_there_is_nothing() -> None:
    assert smoothed(np.array([]), 0.9).tolist() == []
    assert np.isnan(smoothed(np.full(3, np.nan), 0.9)).all()


def test_memory_is_as_long_as_a_value_has_weight() -> None:
    assert memory(0.0) == 0
    assert 0.9 ** memory(0.9) <= 1e-3 < 0.9 ** (memory(0.9) - 1)
