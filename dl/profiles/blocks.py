"""The rows of a table in blocks, in an order in which the first few already stand for all."""

from dataclasses import dataclass, field
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dl.datasets.columns import Column, Date, Number, Text
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table
from dl.profiles.arrays import WordArray, hashes_of_column, numbers_of, words_of

BLOCK_ROWS = 65_536
BLOCK_VALUES = 4_000_000  # of all columns together: 32 MB
ROW_HASH, WORD_HASH = "row_hash", "{}_hash"


@dataclass(frozen=True)
class Block:
    """Rows `first` to `first + rows`, of one row group of the file."""

    first: int
    rows: int


@dataclass(frozen=True)
class Content:
    """Of one block: numbers are float64 with NaN for missing."""

    block: Block
    arrow: pa.Table
    _words: dict[str, WordArray] = field(default_factory=dict)

    def numbers(self, field: str) -> NDArray[np.float64]:
        return numbers_of(self.arrow[field])

    def words(self, field: str) -> WordArray:
        if field not in self._words:
            self._words[field] = words_of(self.arrow[field])
        return self._words[field]

    def word_hashes(self, field: str) -> NDArray[np.uint64]:
        return hashes_of_column(self.arrow[WORD_HASH.format(field)])

    def row_hashes(self) -> NDArray[np.uint64]:
        return hashes_of_column(self.arrow[ROW_HASH])


def is_number(column: Column) -> bool:
    """Whether it is profiled as numbers: dates as microseconds since 1970, texts as their length."""
    return isinstance(column, Number | Date | Text)


def blocks(table: Table) -> list[Block]:
    """All rows, each once, in the same random order every time: a file is often sorted by something."""
    most = max(1, min(BLOCK_ROWS, BLOCK_VALUES // len(table.description.columns)))
    file = pq.read_metadata(table.file)
    groups = [file.row_group(group).num_rows for group in range(file.num_row_groups)]
    parts: list[Block] = []
    for start, stop in pairwise(np.cumsum([0, *groups]).tolist()):
        ends = np.linspace(start, stop, -(-(stop - start) // most) + 1).astype(int).tolist()
        parts += [Block(first, last - first) for first, last in pairwise(ends)]
    return [parts[place] for place in np.random.default_rng(len(parts)).permutation(len(parts))]


def read_block(connection: duckdb.DuckDBPyConnection, table: Table, block: Block) -> Content:
    values = ", ".join(part for column in table.description.columns for part in _selected(column))
    rows = f"row BETWEEN {block.first} AND {block.first + block.rows - 1}"
    query = f"SELECT {values}, {_row_hash(table)} AS {ROW_HASH} FROM {table.relation()} WHERE {rows}"
    return Content(block, connection.sql(query).to_arrow_table())


def _selected(column: Column) -> list[str]:
    field = identifier(column.field)
    if isinstance(column, Date):
        return [f"CASE WHEN isfinite({field}) THEN CAST(epoch_us({field}) AS DOUBLE) END AS {field}"]
    if isinstance(column, Text):
        return [f"CAST(length({field}) AS DOUBLE) AS {field}"]
    if isinstance(column, Number):
        return [field]
    return [field, f"hash({field}) AS {identifier(WORD_HASH.format(column.field))}"]


def _row_hash(table: Table) -> str:
    """Of what a network is shown: two rows that differ in an ignored column alone are the same."""
    used = [identifier(column.field) for column in table.description.used]
    return f"hash({', '.join(used)})"
