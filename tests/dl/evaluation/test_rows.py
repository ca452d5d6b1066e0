"""The rows behind the answers are those of the file, in the order in which they are asked for."""

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import Table
from dl.evaluation import rows as module
from dl.evaluation.rows import column_values, rows_of, written_rows

FRAME = pd.DataFrame(
    {
        "size": [1.5, np.nan, 3.0, 4.0],
        "room": ["a", None, "=1+1", "a"],
        "built": pd.to_datetime(["2020-01-01", None, "2021-02-03 04:05", "2022-01-01"], format="ISO8601"),
        "-name": ["x", "y", "z", "-2"],
        "price": [10.0, 20.0, 30.0, 40.0],
    }
)
WANTED = np.array([3, 1, 2])


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    return table_of(FRAME, "price")


def test_values_of_a_column_come_in_the_order_asked_for(table: Table) -> None:
    size, room, built, *_ = table.description.columns
    np.testing.assert_array_equal(column_values(table, size, WANTED), [4, np.nan, 3])
    np.testing.assert_array_equal(
        column_values(table, built, WANTED), FRAME["built"].to_numpy("datetime64[us]")[WANTED]
    )
    assert [*column_values(table, room, WANTED)] == ["a", np.nan, "=1+1"]
    assert column_values(table, room, WANTED).codes.tolist() == [0, -1, 1]


def test_many_rows_are_gathered_in_the_order_asked_for(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    few = [column_values(table, column, WANTED) for column in table.description.columns]
    monkeypatch.setattr(module, "FEW", 0)
    monkeypatch.setattr(module, "BLOCK", 2)
    for column, expected in zip(table.description.columns, few, strict=True):
        found = column_values(table, column, WANTED)
        assert pd.Series(found).equals(pd.Series(expected))
    assert column_values(table, table.description.columns[-1], np.array([0, 0, 3])).tolist() == [10, 10, 40]


def test_rows_have_their_line_in_the_file_and_their_columns(table: Table) -> None:
    found = rows_of(table, WANTED, table.description.columns[:2])
    assert found["line"].tolist() == [5, 3, 4]
    assert found.columns.tolist() == ["line", "c0", "c1"] and found["c0"][0] == 4
    assert rows_of(table, np.array([], np.int64), table.description.columns).empty


def test_written_rows_are_read_back_with_formulas_made_harmless(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 2)
    predictions = pd.DataFrame({"true": [40.0, 20, 30], "predicted": [-1.0, 2, 3]})
    text = "".join(written_rows(table, WANTED, lambda places: predictions.iloc[places]))
    read = pd.read_csv(io.StringIO(text))
    assert read.columns.tolist() == ["line", "true", "predicted", "size", "room", "built", "'-name"]
    assert read["line"].tolist() == [3, 4, 5] and read["predicted"].tolist() == [2, 3, -1], "as in the file"
    assert read["room"].fillna("").tolist() == ["", "'=1+1", "a"]
    assert read["'-name"].tolist() == ["y", "z", "-2"]


def test_columns_that_are_called_like_those_of_the_predictions_are_both_written(table_of: Callable[..., Table]) -> None:
    table = table_of(FRAME[["size", "price"]].rename(columns={"size": "predicted"}), "price")
    text = "".join(written_rows(table, np.array([2]), lambda places: pd.DataFrame({"predicted": [7.0]})))
    assert text.splitlines() == ["line,predicted,predicted", "4,7.0,3.0"]
