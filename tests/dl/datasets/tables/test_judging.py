"""What a column is likely to hold and to be for, told from facts about all of its rows."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dl.datasets.columns import AnyColumn, Category, Number
from dl.datasets.tables.judging import Facts, facts_of, likely_columns, likely_target, likely_task
from dl.datasets.tables.readings import Reading

NUMBER, WORDS = Reading("number"), Reading("words")


def test_facts_are_over_all_rows_also_where_the_first_ones_tell_enough(tmp_path: Path) -> None:
    rows = 30_000
    many = np.random.default_rng(0).normal(size=rows)
    many[-2:] = np.nan, np.inf
    late = np.arange(rows) % 3 + np.where(np.arange(rows) == rows - 1, 0.5, 0.0)
    word = ["two words", "NA", None] * (rows // 3)
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"c0": many, "c1": late, "c2": word}), path)
    numbers, whole, words = facts_of(path, ["DOUBLE", "DOUBLE", "VARCHAR"])
    assert numbers.known == rows - 2 and numbers.distinct > 100 and not numbers.is_whole
    assert (whole.known, whole.distinct, whole.is_whole, whole.greatest) == (rows, 4, False, 2.5)
    assert (words.known, words.distinct, words.blanks, words.missing) == (rows * 2 // 3, 2, 0.5, ("NA",))


@pytest.mark.parametrize(
    ("name", "reading", "facts", "kind", "role"),
    [
        ("size", NUMBER, Facts(100, 90), "number", "feature"),
        ("size", NUMBER, Facts(100, 1), "number", "ignored"),
        ("sold", NUMBER, Facts(100, 2, is_whole=True, greatest=1), "category", "feature"),
        ("row", NUMBER, Facts(100, 100, is_whole=True, least=1, greatest=100), "identifier", "ignored"),
        ("userId", NUMBER, Facts(100, 99, is_whole=True, least=7, greatest=9000), "identifier", "ignored"),
        ("paid", NUMBER, Facts(100, 99, is_whole=True, least=7, greatest=9000), "number", "feature"),
        ("code", WORDS, Facts(100, 99, length=8), "identifier", "ignored"),
        ("note", WORDS, Facts(100, 99, length=80, blanks=1), "text", "feature"),
        ("colour", WORDS, Facts(100, 5, length=4), "category", "feature"),
        ("day", Reading("date", dates="iso"), Facts(100, 80), "date", "feature"),
    ],
)
def test_kind_and_role_are_suggested(name: str, reading: Reading, facts: Facts, kind: str, role: str) -> None:
    (column,) = likely_columns([name], [reading], [facts], 100)
    assert (column.kind, column.role) == (kind, role)


def test_target_is_what_is_called_so_and_else_the_last() -> None:
    columns: list[AnyColumn] = [Number(name="price"), Category(name="colour"), Number(name="size")]
    facts = [Facts(100, 90), Facts(100, 5), Facts(100, 90)]
    assert likely_target(columns, facts, 100) == 0
    assert likely_target([Number(name="a"), *columns[1:]], facts, 100) == 2
    assert likely_target([column.model_copy(update={"role": "ignored"}) for column in columns], facts, 100) is None


def test_numbers_are_classes_when_they_are_called_so_and_are_few() -> None:
    few = Facts(100, 3, is_whole=True, least=0, greatest=2)
    assert likely_task(Number(name="class"), few) == "classification"
    assert likely_task(Number(name="rooms"), few) == "regression"
    assert likely_task(Number(name="class"), Facts(100, 90)) == "regression"
