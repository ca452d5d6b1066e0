"""An exact profile says what pandas says, of any table; an estimate says how far it may be off, and is right."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dl.datasets.columns import Text
from dl.datasets.tables.table import Table
from dl.profiles.profile import SHARES, ColumnProfile, Profile
from dl.profiles.profiling import RowsRead, exact_profile, profiles

Frame = pd.DataFrame
NUMBERS = st.one_of(
    st.none(), st.sampled_from([0.0, -0.0, 1.0, -999.0, 0.1]), st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 9)
)
WORDS = st.one_of(st.none(), st.sampled_from(["a", "b", "?", ""]), st.text("αβ, \"'\n", max_size=3))
TIMES = st.one_of(st.none(), st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01")))


def assert_number(column: ColumnProfile, values: pd.Series) -> None:
    """Of few rows every value is known."""
    number = column.number
    assert number
    assert column.known == values.count()
    assert column.missing.value == pytest.approx(values.isna().mean())
    assert column.distinct and (column.distinct.value, column.distinct.is_exact) == (values.nunique(), True)
    if not values.count():
        return
    assert (number.least, number.greatest) == (values.min(), values.max())
    assert number.mean.value == pytest.approx(values.mean(), rel=1e-9, abs=1e-9)
    assert number.standard_deviation == pytest.approx(values.std(), nan_ok=True, rel=1e-6, abs=1e-6)
    found = [quantile.value for quantile in number.quantiles]
    assert found == pytest.approx(values.quantile(list(SHARES)).tolist())
    bars, edges = np.array(number.histogram.counts).sum(axis=1), np.array(number.histogram.edges)
    known = values.dropna().to_numpy()
    inside = [((known >= low) & (known < high)).sum() for low, high in pairwise(edges)]
    assert bars.tolist() == [(known < edges[0]).sum(), *inside, (known >= edges[-1]).sum()]
    low, high = number.fences
    assert number.outside == ((known < low).sum(), (known >= high).sum())


def assert_words(column: ColumnProfile, values: pd.Series) -> None:
    assert column.known == values.count()
    assert column.missing.value == pytest.approx(values.isna().mean())
    assert column.distinct and column.distinct.value == values.nunique()
    counts = values.value_counts()
    assert {level.value: level.count for level in column.frequent} == counts.to_dict()
    assert [level.count for level in column.frequent] == sorted(counts, reverse=True)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(NUMBERS, WORDS, TIMES, st.sampled_from("xyz")), min_size=1, max_size=60))
def test_exact_profile_equals_pandas_on_random_tables(rows: list[tuple], make_table: Callable[..., Table]) -> None:
    frame = pd.DataFrame(rows, columns=["number", "word", "time", "target"])
    frame["number"], frame["time"] = frame["number"].astype(float), pd.to_datetime(frame["time"])
    frame["word"] = frame["word"].astype("string")
    profile = exact_profile(make_table(frame, "target"))

    assert profile.is_exact and profile.rows == len(frame)
    number, word, time, target = profile.columns
    assert_number(number, frame["number"])
    assert_number(time, frame["time"].astype("datetime64[us]").astype("int64").where(frame["time"].notna()))
    assert_words(word, frame["word"])
    assert profile.duplicates.value == frame.duplicated().sum()
    _assert_by_target(word, frame["word"], frame["target"], profile)
    assert sum(profile.target.counts) == len(frame) and target.relation is None


def _assert_by_target(column: ColumnProfile, values: pd.Series, target: pd.Series, profile: Profile) -> None:
    for level in column.frequent:
        of_level = target[values == level.value]
        assert dict(zip(profile.target.levels, level.counts, strict=False)) == {
            name: (of_level == name).sum() for name in profile.target.levels
        }
    missing = target[values.isna()]
    assert list(column.missing_counts[:-2]) == [(missing == name).sum() for name in profile.target.levels]


@pytest.fixture
def make_table(table_of: Callable[..., Table]) -> Callable[..., Table]:
    """A new one each time."""
    numbers = iter(range(10**6))
    return lambda frame, target: table_of(frame, target, name=f"made{next(numbers)}")


def test_adult_is_profiled_as_pandas_counts_it(adult: tuple[Table, Frame]) -> None:
    table, frame = adult
    profile = exact_profile(table)

    for column in profile.columns:
        if column.kind == "number":
            values = frame[column.name].astype(float)
            assert column.number and column.known == len(frame)
            assert column.number.mean.value == pytest.approx(values.mean())
            assert column.number.standard_deviation == pytest.approx(values.std())
            assert column.distinct and column.distinct.value == pytest.approx(values.nunique(), rel=0.03)
            for share, quantile in zip(SHARES, column.number.quantiles, strict=True):
                assert quantile.low <= values.quantile(share) <= quantile.high
                assert quantile.high - quantile.low <= 0.05 * (values.max() - values.min())
        else:
            assert_words(column, frame[column.name])
    assert profile.target.levels[:2] == ("<=50K", ">50K")
    assert profile.target.counts[:2] == tuple((frame["income"] == name).sum() for name in profile.target.levels[:2])
    assert profile.duplicates.value == frame.duplicated().sum() == 24
    told = [column.name for column in profile.by_relation]
    assert told[:3] == ["income", "relationship", "marital-status"] and told[-1] == "fnlwgt"


def test_wine_is_profiled_as_pandas_counts_it(wine: tuple[Table, Frame]) -> None:
    table, frame = wine
    profile = exact_profile(table)

    for column in profile.columns:
        assert_number(column, frame[column.name].astype(float))
    assert profile.by_relation[1].name == "density" or profile.by_relation[1].name == "alcohol"
    assert profile.duplicates.value == frame.duplicated().sum()
    alcohol = profile.column(profile.by_relation[1].field)
    assert alcohol.relation and 0.4 < alcohol.relation.value < 0.6


def test_rows_in_both_splits_are_counted(table_of: Callable[..., Table]) -> None:
    frame = Frame({"a": np.r_[np.zeros(50), np.arange(50)], "b": ["x"] * 100, "y": ["n", "y"] * 50})
    table = table_of(frame, "y", test_share=0.5)
    profile = exact_profile(table)

    train = set(frame.iloc[table.train_rows].itertuples(index=False, name=None))
    shared = sum(row in train for row in frame.iloc[table.test_rows].itertuples(index=False, name=None))
    assert profile.shared.value == shared > 0
    assert profile.target.test[:2] == tuple((frame["y"].iloc[table.test_rows] == name).sum() for name in "ny")


def test_texts_are_profiled_by_their_length(table_of: Callable[..., Table]) -> None:
    frame = Frame({"text": ["a" * length for length in range(100)], "y": [0.0, 1.0] * 50})
    column = exact_profile(table_of(frame, "y", text=Text(name="text"))).columns[0]
    assert column.number and (column.number.least, column.number.greatest) == (0, 99)
    assert column.distinct is None and column.frequent == ()


def _sorted_table(table_of: Callable[..., Table], rows: int = 100_000) -> Table:
    """Whose first rows say little of the others: everything grows with the row."""
    place = np.arange(rows)
    random = np.random.default_rng(1)
    frame = Frame(
        {
            "number": place + random.normal(0, 100, rows),
            "gaps": np.where(random.random(rows) < place / rows * 0.3, np.nan, 1.0),
            "word": np.where(random.random(rows) < place / rows, "late", "early"),
            "y": np.where(random.random(rows) < place / rows, "yes", "no"),
        }
    )
    table = table_of(frame, "y")
    pq.write_table(pq.read_table(table.file), table.file, row_group_size=2_000)
    return table


def test_estimates_narrow_until_they_are_exact_and_contain_what_they_estimate(table_of: Callable[..., Table]) -> None:
    table = _sorted_table(table_of)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dl.profiles.profiling.PAUSE_SECONDS", 0.0)
        patched.setattr("dl.profiles.profiling.GROWTH", 1.2)
        found = list(profiles(table))

    last = found[-1]
    assert len(found) > 5 and [each.is_exact for each in found] == [False] * (len(found) - 1) + [True]
    for figures in (_missing, _relation, _median, _late):
        truth = figures(last).value
        widths = [figures(each).high - figures(each).low for each in found]
        inside = [figures(each).low <= truth <= figures(each).high for each in found]
        assert sum(inside) >= len(inside) - 1
        assert widths[0] > widths[-2] > widths[-1] >= 0


_missing = lambda profile: profile.columns[1].missing  # noqa: E731
_relation = lambda profile: profile.columns[0].relation  # noqa: E731
_median = lambda profile: profile.columns[0].number.median  # noqa: E731
_late = lambda profile: next(level.share for level in profile.columns[2].frequent if level.value == "late")  # noqa: E731


def test_rows_are_reported_and_whoever_reports_may_end_it(table_of: Callable[..., Table]) -> None:
    table = _sorted_table(table_of, 20_000)
    told: list[RowsRead] = []
    exact_profile(table, told.append)
    assert told[-1] == RowsRead(20_000, 20_000) and len(told) == 10

    def stop(_: RowsRead) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exact_profile(table, stop)


def test_profile_is_the_same_after_a_way_through_json(adult: tuple[Table, Frame], tmp_path: Path) -> None:
    profile = exact_profile(adult[0])
    assert Profile.model_validate_json(profile.model_dump_json()) == profile
