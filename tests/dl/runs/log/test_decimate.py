"""A decimated line keeps its ends, its peaks and its order, and never grows."""

import numpy as np
import pytest

from dl.runs.log.decimate import decimate


def test_short_lines_are_left_alone() -> None:
    x, y = np.arange(2000), np.random.default_rng(0).random(2000)
    kept_x, kept_y = decimate(x, y, 1000)
    assert kept_x is x and kept_y is y


@pytest.mark.parametrize("rows", [2001, 2999, 10_000, 1_000_003])
def test_no_more_than_two_points_a_column_are_kept(rows: int) -> None:
    x, y = np.arange(rows), np.random.default_rng(0).random(rows).astype("f4")
    kept_x, kept_y = decimate(x, y, 1000)
    assert len(kept_x) == len(kept_y) <= 2000
    assert np.all(np.diff(kept_x) > 0)
    assert (kept_x[0], kept_x[-1]) == (0, rows - 1)
    np.testing.assert_array_equal(kept_y, y[kept_x])
    assert kept_y.dtype == np.float32


def test_a_single_spike_is_never_lost() -> None:
    y = np.zeros(100_000)
    y[[123, 77_777]] = 5, -3
    _, kept = decimate(np.arange(100_000), y, 100)
    assert (kept.max(), kept.min()) == (5, -3)


def test_numbers_are_found_among_missing_ones() -> None:
    y = np.full(10_000, np.nan)
    y[5005], y[5006] = 1.0, np.inf
    kept_x, kept_y = decimate(np.arange(10_000), y, 100)
    assert kept_x[kept_y == 1.0].tolist() == [5005]
    assert np.isnan(kept_y[0]) and np.isnan(kept_y[-1])


def test_silhouette_of_every_column_is_kept() -> None:
    y = np.random.default_rng(1).normal(size=50_000)
    kept_x, kept_y = decimate(np.arange(50_000), y, 500)
    size = -(-49_998 // 499)
    for start in range(1, 49_998, size):
        part = y[start : min(start + size, 49_999)]
        inside = kept_y[(kept_x >= start) & (kept_x < start + len(part))]
        assert (inside.min(), inside.max()) == (part.min(), part.max())
