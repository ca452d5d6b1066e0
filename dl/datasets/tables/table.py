"""A table on disk: `datasets/<id>/` with dataset.json, rows.parquet, and test_rows.npy."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dl.datasets.archives import Progress, Report, ignore
from dl.datasets.columns import AnyColumn, Category, Column, Date, Number
from dl.datasets.description import Dataset
from dl.datasets.opening import ROWS as ROWS
from dl.datasets.opening import TEST_ROWS as TEST_ROWS
from dl.datasets.tables.database import ask, identifier, literal, spelled_number
from dl.errors import UnknownColumn

HASH_BYTES = 1 << 20
_SQL_TYPES = {pa.float64(): "DOUBLE", pa.int64(): "BIGINT"}


@dataclass(frozen=True)
class Table:
    """A row's number is its place in the file; `line` is where it stood in the file that was brought.

    `rows.parquet` has a column of that name only where lines do not simply follow each other.
    """

    folder: Path
    description: Dataset

    @property
    def file(self) -> Path:
        return self.folder / ROWS

    @cached_property
    def rows(self) -> int:
        return int(pq.read_metadata(self.file).num_rows)

    @cached_property
    def test_rows(self) -> NDArray[np.int64]:
        """Their numbers, ascending."""
        return np.load(self.folder / TEST_ROWS, allow_pickle=False)

    @cached_property
    def train_rows(self) -> NDArray[np.int64]:
        """All others: what validation is cut from."""
        is_train = np.ones(self.rows, bool)
        is_train[self.test_rows] = False
        return np.flatnonzero(is_train)

    @cached_property
    def types(self) -> dict[str, str]:
        """How each field lies in the file: DOUBLE, VARCHAR or TIMESTAMP."""
        return {field.name: _sql_type(field.type) for field in pq.read_schema(self.file)}

    def column(self, field: str) -> AnyColumn:
        """Raises UnknownColumn."""
        columns = self.description.columns
        found = next((column for column in columns if column.field == field), None)
        if found is None:
            raise UnknownColumn(column=field, columns=[column.name for column in columns])
        return found

    def relation(self) -> str:
        """SQL of all rows: `row`, `line`, and each column under its field's name as what it is now said to hold."""
        values = [f"{self.value(column)} AS {identifier(column.field)}" for column in self.description.columns]
        line = "line" if "line" in self.types else f"file_row_number + {self.description.first_line} AS line"
        columns = ", ".join(["file_row_number AS row", line, *values])
        return f"(SELECT {columns} FROM read_parquet({literal(str(self.file))}, file_row_number = true))"

    def value(self, column: Column) -> str:
        """SQL of a value of the column, NULL where it is missing: a number, a point in time, or words."""
        field, stored = identifier(column.field), self.types[column.field]
        words = field if stored == "VARCHAR" else _spelled(field, stored)
        if column.missing:
            spellings = ", ".join(map(literal, column.missing))
            known = f"CASE WHEN {words} NOT IN ({spellings}) THEN {{}} END"
            field, words = known.format(field), known.format(words)
        if isinstance(column, Number):
            number = field if stored == "DOUBLE" else f"TRY_CAST({words} AS DOUBLE)"
            return f"CASE WHEN isfinite({number}) THEN {number} END"
        if isinstance(column, Date):
            return field if stored == "TIMESTAMP" else f"TRY_CAST({words} AS TIMESTAMP)"
        return words

    def connect(self) -> duckdb.DuckDBPyConnection:
        return ask(self.folder)


def _sql_type(kind: pa.DataType) -> str:
    return "TIMESTAMP" if pa.types.is_timestamp(kind) else _SQL_TYPES.get(kind, "VARCHAR")


def _spelled(field: str, stored: str) -> str:
    """As a person writes it: whole numbers without a point."""
    return spelled_number(field) if stored == "DOUBLE" else f"CAST({field} AS VARCHAR)"


def levels(table: Table, column: Category, most: int) -> list[str]:
    """The most frequent, ties by name; of all rows."""
    field = identifier(column.field)
    query = f"SELECT {field} FROM {table.relation()} WHERE {field} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
    return [level for (level,) in table.connect().execute(f"{query} LIMIT {most}").fetchall()]


def fingerprint(folder: Path, report: Report = ignore) -> str:
    """SHA-256 over rows.parquet and test_rows.npy."""
    digest = hashlib.sha256()
    total, done = sum((folder / name).stat().st_size for name in (ROWS, TEST_ROWS)), 0
    for name in (ROWS, TEST_ROWS):
        with (folder / name).open("rb") as file:
            while block := file.read(HASH_BYTES):
                digest.update(block)
                done += len(block)
                report(Progress("check", done, total))
    return digest.hexdigest()
