"""Pages of rows are those that pandas gives, filtered and sorted; a CSV file has all of them and no formula."""

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.columns import Category
from dl.datasets.tables.table import Table
from dl.profiles.filters import Filter, Sort
from dl.profiles.rows import count, csv_blocks, page

RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "number": np.where(RANDOM.random(500) < 0.2, np.nan, RANDOM.integers(0, 50, 500)),
        "word": RANDOM.choice(["Red", "green", "=1+1", None], 500),
        "time": pd.to_datetime("2020-01-01") + pd.to_timedelta(np.arange(500) * 7919 % 500, unit="h"),
        "y": RANDOM.normal(size=500),
    }
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, tables_in: Callable[..., Callable[..., Table]]) -> Table:
    return tables_in(tmp_path_factory.mktemp("rows"))(FRAME, "y")


def test_rows_are_in_the_order_of_the_file_until_they_are_sorted(table: Table) -> None:
    found = page(table, offset=490, limit=50)
    assert found.numbers == tuple(range(490, 500)) and found.lines == tuple(range(492, 502))
    assert [row[3] for row in found.rows] == FRAME["y"].tolist()[490:]
    assert page(table, offset=500).rows == ()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("place", range(4))
def test_rows_are_sorted_by_any_column_and_equal_ones_keep_their_order(
    table: Table, place: int, descending: bool
) -> None:
    ordered = FRAME.sort_values(FRAME.columns[place], ascending=not descending, kind="stable", na_position="last")
    found = page(table, sort=Sort(f"c{place}", descending), offset=20, limit=480)
    assert list(found.numbers) == ordered.index.tolist()[20:]


FILTERS = {
    "greater": ((Filter("c0", ">", "40"),), FRAME["number"] > 40),
    "at_most": ((Filter("c0", "≤", 3),), FRAME["number"] <= 3),
    "equal": ((Filter("c1", "=", "=1+1"),), FRAME["word"] == "=1+1"),
    "not_equal": ((Filter("c1", "≠", "Red"),), FRAME["word"] != "Red"),
    "contains": ((Filter("c1", "contains", "RE"),), FRAME["word"].isin(["Red", "green"])),
    "missing": ((Filter("c0", "missing"),), FRAME["number"].isna()),
    "known": ((Filter("c1", "known"),), FRAME["word"].notna()),
    "date": ((Filter("c2", "<", "2020-01-05"),), FRAME["time"] < "2020-01-05"),
    "both": ((Filter("c0", ">", 9), Filter("c1", "=", "Red")), (FRAME["number"] > 9) & (FRAME["word"] == "Red")),
    "nothing": ((Filter("c1", "=", "' OR true --"),), np.zeros(500, bool)),
}


@pytest.mark.parametrize(("filters", "expected"), FILTERS.values(), ids=FILTERS)
def test_rows_are_filtered_and_counted(table: Table, filters: tuple[Filter, ...], expected: pd.Series) -> None:
    assert count(table, filters) == expected.sum()
    assert list(page(table, filters, limit=500).numbers) == np.flatnonzero(expected).tolist()


def test_all_rows_are_counted_without_a_filter(table: Table) -> None:
    assert count(table) == 500


def test_file_has_all_rows_and_no_formula(table: Table) -> None:
    text = "".join(csv_blocks(table, (Filter("c1", "=", "=1+1"),), Sort("c3")))
    found = pd.read_csv(io.StringIO(text), parse_dates=["time"])
    expected = FRAME[FRAME["word"] == "=1+1"].sort_values("y").reset_index(drop=True)
    assert (found.pop("word") == "'=1+1").all()
    pd.testing.assert_frame_equal(found, expected.drop(columns="word"), check_dtype=False)


def test_values_are_written_as_a_person_writes_them(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"@name": ["a,b", 'say "x"', "-1"], "n": [1.0, 0.1, np.nan], "y": [-5.0, 1e20, 3.0]})
    text = "".join(csv_blocks(table_of(frame, "y", **{"@name": Category(name="@name")})))
    assert text.removeprefix("\ufeff").splitlines() == ["'@name,n,y", '"a,b",1,-5', '"say ""x""",0.1,1e+20', "-1,,3"]
