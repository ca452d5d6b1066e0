"""A table on disk is read as its columns are now said to be, whatever they were when it was brought."""

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pytest

from dl.datasets.columns import Category, Number
from dl.datasets.tables.table import Table, levels

FRAME = pd.DataFrame(
    {
        "size": [1.5, np.nan, -999.0, np.inf, 3.0],
        "room": ["a", None, "12", "b", "a"],
        "built": pd.to_datetime(["2020-01-01", None, "2021-02-03 04:05", "2022-01-01", "2022-01-01"], format="ISO8601"),
        "price": [1.0, 2.0, 3.0, 4.0, 5.0],
    }
)


def _rows(table: Table) -> list[tuple]:
    return table.connect().execute(f"FROM {table.relation()} ORDER BY row").fetchall()


def test_rows_are_in_the_order_of_the_file_and_what_is_no_value_is_missing(table_of: Callable[..., Table]) -> None:
    table = table_of(FRAME, "price")

    assert [row[:4] for row in _rows(table)] == [
        (0, 2, 1.5, "a"),
        (1, 3, None, None),
        (2, 4, -999.0, "12"),
        (3, 5, None, "b"),
        (4, 6, 3.0, "a"),
    ]
    assert levels(table, Category(name="room", field="c1"), 2) == ["a", "12"]
    assert sorted([*table.train_rows, *table.test_rows]) == list(range(5))


def test_a_column_that_is_said_to_be_something_else_is_read_so(table_of: Callable[..., Table]) -> None:
    size, room = Category(name="size", missing=("-999",)), Number(name="room", missing=("a",))
    table = table_of(FRAME, "price", size=size, room=room)

    assert [row[2:4] for row in _rows(table)] == [("1.5", None), (None, None), (None, 12.0), ("inf", None), ("3", None)]


def test_nothing_but_the_folder_of_the_table_can_be_read(table_of: Callable[..., Table]) -> None:
    connection = table_of(FRAME, "price").connect()

    with pytest.raises(duckdb.PermissionException):
        connection.execute("FROM read_csv('/etc/passwd')")
    with pytest.raises(duckdb.Error, match="locked"):
        connection.execute("SET enable_external_access = true")
