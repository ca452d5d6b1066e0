"""Any table, written as CSV or Parquet and brought, holds the same values in the one form on disk."""

import csv
import datetime
import io
import math
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dl.datasets.tables.bringing import write_table
from dl.datasets.tables.readings import MISSING
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.table import Table

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(2**53) + 1, 2**53 - 1)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs"]) | st.sampled_from(' ,;"|'), min_size=1
)
TIMES = st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)).map(
    lambda t: t.replace(microsecond=0)
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[Any]]:
    """Rows of a number, a word, a point in time and a class; some of them missing, none all of it."""
    maybe = [st.none() | NUMBERS, st.none() | WORDS.filter(is_plain_word), st.none() | TIMES]
    row = st.tuples(*maybe, st.sampled_from(["no", "yes"])).map(list)
    first = [
        [1.5, "one", datetime.datetime(2020, 1, 2, 3, 4, 5), "yes"],
        [2.0, "two", datetime.datetime(2021, 1, 1), "no"],
    ]
    return first * 40 + draw(st.lists(row, min_size=20, max_size=40))


def is_plain_word(word: str) -> bool:
    return word.strip(" ") == word and word.lower() not in MISSING and "\0" not in word


def as_csv(rows: list[list[Any]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["number", "word", "time", "y"])
    writer.writerows([["" if value is None else value for value in row] for row in rows])
    return file.getvalue().encode()


def as_parquet(rows: list[list[Any]]) -> bytes:
    numbers, words, times, classes = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "number": pa.array([None if value is None else float(value) for value in numbers], pa.float64()),
        "word": pa.array(words, pa.string()),
        "time": pa.array(times, pa.timestamp("us")),
        "y": pa.array(classes, pa.string()),
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def same(found: Any, value: Any) -> bool:
    if isinstance(value, int | float):
        return isinstance(found, float) and math.isclose(found, float(value), rel_tol=1e-15)
    return bool(found == value)


@pytest.mark.parametrize(("write", "ending"), [(as_csv, ".csv"), (as_parquet, ".parquet")])
@settings(max_examples=3, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(rows=tables())
def test_values_are_the_same_when_read(write: Any, ending: str, rows: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"some{ending}"
        path.write_bytes(write(rows))
        folder = Path(place) / "made"
        folder.mkdir()
        table = Table(folder, write_table(folder, TableRequest(id="some", name="s", source=str(path), target="y")))
        assert table.description.left_out == 0 and table.description.columns[0].name == "number"
        fields = "c0, c1, c2, c3"
        found = table.connect().execute(f"SELECT {fields} FROM read_parquet('{table.file}')").fetchall()
    assert len(found) == len(rows)
    for got, row in zip(found, rows, strict=True):
        assert all(same(*pair) for pair in zip(got, row, strict=True)), (got, row)
