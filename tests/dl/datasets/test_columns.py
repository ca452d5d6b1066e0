"""Columns say what an array holds, and go through JSON unchanged."""

import pytest
from pydantic import TypeAdapter

from dl.datasets.columns import AnyColumn, Category, Column, Number, Picture

COLUMNS = [
    Picture(name="scan", height=8, width=6, channels=3, value_range=(0, 16)),
    Number(name="age", role="ignored"),
    Category(name="kind", role="target", levels=("a", "b")),
]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_column_is_of_the_same_kind_when_it_went_through_json(column: Column) -> None:
    again: Column = TypeAdapter(AnyColumn).validate_json(column.model_dump_json())
    assert again == column and type(again) is type(column)


def test_shape_and_type_are_those_of_one_row() -> None:
    assert [column.shape for column in COLUMNS] == [(8, 6, 3), (), ()]
    assert [column.dtype for column in COLUMNS] == ["uint8", "float32", "int64"]
