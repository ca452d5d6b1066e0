"""A file of rows as DuckDB can ask for it, whatever it is written in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import duckdb

from dl.datasets.tables.database import identifier
from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.lines import LineRules

SAMPLE_ROWS, SAMPLE_CELLS = 10_000, 200_000
MOST_COLUMNS = 2_000
Rejected = Callable[[duckdb.DuckDBPyConnection], list[LeftOut]]
Quick = Callable[[Collection[str]], str]


@dataclass(frozen=True)
class RowSource:
    """`relation` is SQL with the columns c0, c1, … in the order of `names`, all of them words but those of `stored`.

    `lines` says how the rows are numbered, None where the relation has a column `line`; `rejected` are the rows that
    could not be read, asked for when all others have been. `quick` is a relation in which some fields are numbers at
    once, and that ends with an error where any row cannot be read.
    """

    file: str
    names: tuple[str, ...]
    relation: str
    lines: LineRules | None
    rejected: Rejected = field(default=lambda _: [])
    quick: Quick | None = None
    stored: tuple[str, ...] = ()  # DOUBLE or TIMESTAMP where the file itself says so, else ""

    @property
    def fields(self) -> list[str]:
        return [f"c{number}" for number in range(len(self.names))]

    def sample(self, connection: duckdb.DuckDBPyConnection, rows: int = SAMPLE_ROWS) -> list[list[str | None]]:
        """The first values of each column."""
        rows = max(20, min(rows, SAMPLE_CELLS // len(self.names)))
        selected = ", ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in self.fields)
        found = connection.execute(f"SELECT {selected} FROM {self.relation} LIMIT {rows}").fetchall()
        return [list(values) for values in zip(*found, strict=True)] or [[] for _ in self.names]
