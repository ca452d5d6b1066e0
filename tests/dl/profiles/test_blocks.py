"""Blocks hold each row once, and what is read of them is what the columns are said to hold."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dl.datasets.columns import Category, Number, Text
from dl.datasets.tables.table import Table
from dl.profiles.blocks import blocks, read_block

FRAME = pd.DataFrame(
    {
        "n": [1.0, np.nan, 3.0, -9.0],
        "w": ["a", None, "b", "a"],
        "t": pd.to_datetime(["2020-01-01", None, "1969-12-31", "2020-01-01"]),
        "text": ["one", None, "three", "one"],
        "y": ["0", "1", "0", "0"],
    }
)


def test_each_row_is_in_one_block_and_the_order_is_random_and_always_the_same(table_of: Callable[..., Table]) -> None:
    table = table_of(pd.DataFrame({"x": np.arange(1000.0), "y": 0.0}), "y")
    pq.write_table(pq.read_table(table.file), table.file, row_group_size=30)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dl.profiles.blocks.BLOCK_ROWS", 16)
        found = blocks(table)
        assert found == blocks(table) != sorted(found, key=lambda block: block.first)
    rows = [row for block in found for row in range(block.first, block.first + block.rows)]
    assert sorted(rows) == list(range(1000)) and max(block.rows for block in found) <= 16
    assert all(block.first // 30 == (block.first + block.rows - 1) // 30 for block in found)


def test_values_are_as_the_columns_are_said_to_be(table_of: Callable[..., Table]) -> None:
    kinds = {"n": Number(name="n", missing=("-9",)), "text": Text(name="text"), "w": Category(name="w", missing=("b",))}
    table = table_of(FRAME, "y", **kinds)
    with table.connect() as connection:
        content = read_block(connection, table, blocks(table)[0])

    np.testing.assert_array_equal(content.numbers("c0"), [1, np.nan, 3, np.nan])
    assert content.words("c1").places.tolist() == [0, -1, -1, 0]
    np.testing.assert_array_equal(content.numbers("c2"), [1577836800e6, np.nan, -86400e6, 1577836800e6])
    np.testing.assert_array_equal(content.numbers("c3"), [3, np.nan, 5, 3])
    assert len(set(content.word_hashes("c1").tolist())) == 2


def test_rows_have_the_same_hash_if_all_that_is_used_is_the_same(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"id": [1.0, 2.0, 3.0], "a": [0.0, -0.0, 1.0], "b": ["x", "x", "x"], "y": [1.0, 1.0, 1.0]})
    table = table_of(frame, "y", id=Number(name="id", role="ignored"))
    with table.connect() as connection:
        hashes = read_block(connection, table, blocks(table)[0]).row_hashes().tolist()
    assert hashes[0] == hashes[1] != hashes[2]
