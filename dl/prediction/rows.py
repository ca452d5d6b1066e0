"""Rows of a table that were typed or sent, as a run's network takes them."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Date, Number
from dl.datasets.description import Dataset
from dl.errors import BadRow
from dl.preparation import Preparation
from dl.preparation.encoding import encoded_block

Row = Mapping[str, Any]
MOST_ROWS = 10_000


def encoded_rows(rows: Sequence[Row], dataset: Dataset, preparation: Preparation) -> dict[str, NDArray[Any]]:
    """The network's inputs, (rows, ...) each, from values by the names of columns; None and "" are missing ones.

    Further columns are left aside. Raises BadRow.
    """
    known = {column.field: column for column in dataset.columns}
    fields = [field for field, _ in preparation.fields]
    arrays = [
        _array([_value(row, number, known[field]) for number, row in enumerate(rows, 1)], known[field])
        for field in fields
    ]
    return encoded_block(pa.RecordBatch.from_arrays(arrays, names=fields), preparation)


def _array(values: list[Any], column: AnyColumn) -> pa.Array:
    return pa.array(values, pa.float64() if isinstance(column, Number | Date) else pa.string())


def _value(row: Row, number: int, column: AnyColumn) -> Any:
    facts = {"row": number, "column": column.name}
    if not isinstance(row, Mapping):
        raise BadRow(row=number, column="", reason="not_a_row", given=str(row)[:40])
    if column.name not in row:
        raise BadRow(**facts, reason="missing_column", given=", ".join(map(str, row))[:200])
    value = row[column.name]
    if value is None or value == "" or str(value) in column.missing:
        return None
    if isinstance(column, Number):
        return _number(value, facts)
    return _seconds(value, facts) if isinstance(column, Date) else str(value)


def _number(value: Any, facts: dict[str, Any]) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise BadRow(**facts, reason="not_a_number", given=str(value)[:40]) from None
    return number if math.isfinite(number) else None


def _seconds(value: Any, facts: dict[str, Any]) -> float:
    """Since 1970, of a date in ISO form."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadRow(**facts, reason="not_a_date", given=str(value)[:40]) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def in_own_unit(answers: NDArray[np.float32], preparation: Preparation | None) -> NDArray[np.float32]:
    """Of a target that is a number, the unit in which it is asked."""
    if preparation is None or preparation.target.levels:
        return answers
    return preparation.target.in_own_unit(answers)
