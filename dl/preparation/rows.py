"""The values of a table's columns in blocks of rows, through DuckDB."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Date
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table

BLOCK_ROWS = 65_536
Rows = NDArray[np.int64]


@contextmanager
def asked(table: Table, **rows: Rows) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which these row numbers are relations with one column, `row`."""
    with table.connect() as connection:
        for name, numbers in rows.items():
            connection.register(name, pa.table({"row": numbers}))
        yield connection


def expression(column: AnyColumn) -> str:
    """SQL of what is read of it: a number, or words; of a date, the seconds since 1970."""
    field = identifier(column.field)
    return f"epoch({field}) AS {field}" if isinstance(column, Date) else field


def blocks(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[AnyColumn], where: str = "true"
) -> Iterator[pa.RecordBatch]:
    """`row` and the columns under their fields' names."""
    listed = ", ".join(["row", *map(expression, columns)])
    yield from connection.sql(f"SELECT {listed} FROM {table.relation()} WHERE {where}").to_arrow_reader(BLOCK_ROWS)


def numbers_of(block: pa.RecordBatch, field: str) -> NDArray[np.float64]:
    """NaN where it is missing."""
    return np.asarray(block.column(field).cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
