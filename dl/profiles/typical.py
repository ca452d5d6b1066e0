"""What is usual in each column of a table: where a form begins, and how far its fields go."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from dl.datasets.columns import AnyColumn, Category, Date
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table

SAMPLE_ROWS = 100_000
MOST_LEVELS = 200
EDGE = 0.01  # the share of values below the least that is usual, and above the greatest


class Typical(BaseModel):
    """Of a number or a date (seconds since 1970) the median, and from where to where its values usually lie; of a
    category the most frequent level, and its levels by how many rows they have."""

    model_config = ConfigDict(frozen=True)

    number: float = 0.0
    low: float = 0.0
    high: float = 0.0
    levels: tuple[str, ...] = ()


def typical(table: Table, columns: Sequence[AnyColumn]) -> dict[str, Typical]:
    """By fields, of some of the rows where they are many."""
    with table.connect() as connection:
        fields = ", ".join(identifier(column.field) for column in columns)
        connection.execute(
            f"CREATE TEMP TABLE drawn AS SELECT {fields} FROM {table.relation()} "
            f"USING SAMPLE {SAMPLE_ROWS} ROWS (reservoir, 0)"
        )
        return {column.field: _typical(connection, column) for column in columns}


def _typical(connection: Any, column: AnyColumn) -> Typical:
    field = identifier(column.field)
    if isinstance(column, Category):
        rows = connection.execute(
            f"SELECT {field} FROM drawn WHERE {field} IS NOT NULL "
            f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_LEVELS}"
        ).fetchall()
        return Typical(levels=tuple(str(level) for (level,) in rows))
    value = f"epoch({field})" if isinstance(column, Date) else field
    found = connection.execute(
        f"SELECT quantile_cont(CAST({value} AS DOUBLE), [0.5, {EDGE}, {1 - EDGE}]) FROM drawn WHERE isfinite({value})"
    ).fetchone()
    middle, low, high = found[0] if found and found[0] else (0.0, 0.0, 1.0)
    return Typical(number=middle, low=low, high=high)
