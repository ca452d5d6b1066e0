"""A grid counts what pandas counts, and points are the rows."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import Table
from dl.errors import UnknownColumn
from dl.profiles.pairs import POINTS, pair
from dl.profiles.profiling import exact_profile

RANDOM = np.random.default_rng(0)


def frame_of(rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": np.where(RANDOM.random(rows) < 0.1, np.nan, RANDOM.normal(size=rows)),
            "m": RANDOM.exponential(size=rows) * 100,
            "w": RANDOM.choice(["a", "b", "c", None], rows),
            "t": pd.to_datetime("2020-01-01") + pd.to_timedelta(RANDOM.integers(0, 10_000, rows), unit="h"),
            "y": RANDOM.choice(["yes", "no"], rows),
        }
    )


def test_grid_counts_the_rows_where_both_are_known(table_of: Callable[..., Table]) -> None:
    frame = frame_of(POINTS + 1)
    table = table_of(frame, "y")
    found = pair(table, exact_profile(table), "c0", "c1")

    known = frame.dropna(subset=["n"])
    clipped = [np.clip(known[name], axis.edges[0], axis.edges[-1]) for name, axis in (("m", found.y), ("n", found.x))]
    expected, *_ = np.histogram2d(*clipped, bins=[found.y.edges, found.x.edges])
    assert found.points is None
    np.testing.assert_array_equal(found.counts, expected)


def test_levels_and_dates_have_axes_too(table_of: Callable[..., Table]) -> None:
    frame = frame_of(3_000)
    table = table_of(frame, "y")
    found = pair(table, exact_profile(table), "c3", "c2")

    counts = frame["w"].value_counts()
    assert found.y.levels == tuple(counts.index)
    assert found.counts.sum(axis=1).tolist() == counts.tolist()
    assert found.x.kind == "date" and found.counts.shape == (3, 40)


def test_points_are_the_rows_while_there_are_few(table_of: Callable[..., Table]) -> None:
    frame = frame_of(100)
    table = table_of(frame, "y")
    points = pair(table, exact_profile(table), "c0", "c2").points

    known = frame.dropna(subset=["n", "w"])
    assert points and points.rows.tolist() == known.index.tolist()
    assert points.x.tolist() == known["n"].tolist() and points.targets == tuple(known["y"])
    assert set(points.y) == {0, 1, 2}


def test_column_that_is_not_there_is_refused(table_of: Callable[..., Table]) -> None:
    table = table_of(frame_of(10), "y")
    with pytest.raises(UnknownColumn):
        pair(table, exact_profile(table), "c0", "c9")
