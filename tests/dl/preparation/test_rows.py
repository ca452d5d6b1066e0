import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import Table
from dl.preparation import rows
from dl.preparation.rows import asked, blocks, numbers_of


def test_blocks_follow_each_other_and_have_the_wanted_rows(
    table: Table, people: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BLOCK_ROWS", 100)
    age, income, *_, born, _ = table.description.columns
    wanted = np.array([1, 5, 399])
    with asked(table, few=wanted) as connection:
        found = list(blocks(connection, table, [income], "row IN (SELECT row FROM few)"))
        read = list(blocks(connection, table, [age, born]))
    np.testing.assert_array_equal(np.concatenate([block.column("row").to_numpy() for block in found]), wanted)
    incomes = np.concatenate([numbers_of(block, income.field) for block in found])
    np.testing.assert_array_equal(incomes, people["income"].iloc[wanted])
    assert len(read) == 4
    seconds = np.concatenate([numbers_of(block, born.field) for block in read])
    np.testing.assert_array_equal(seconds, people["born"].astype("datetime64[s]").astype("int64"))
