"""The rows themselves: filtered, sorted, a page at a time, and as a CSV file; at any size."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from dl.datasets.columns import AnyColumn
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table
from dl.profiles.filters import BY_LINE, Filters, Sort, conditions, order
from dl.spreadsheet import without_formulas

CSV_ROWS = 10_000  # that are read at once
MARK = "\ufeff"
LONGEST = 2_000  # characters of a text on a page


@dataclass(frozen=True)
class Page:
    """`rows` have the values of the columns in their order, None where missing.

    `numbers` are those of the table's rows, and `lines` where they stood in the file that was brought.
    """

    numbers: tuple[int, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[Any, ...], ...]


def page(table: Table, filters: Filters = (), sort: Sort = BY_LINE, offset: int = 0, limit: int = 50) -> Page:
    """Long texts are cut. Raises UnknownColumn, NotComparable."""
    with table.connect() as connection:
        numbers = _numbers(connection, table, filters, sort, offset, limit)
        found = _values(connection, table, numbers)
    return Page(tuple(numbers), tuple(row[0] for row in found), tuple(row[1:] for row in found))


def count(table: Table, filters: Filters = ()) -> int:
    """How many rows there are."""
    if not filters:
        return table.rows
    where, values = conditions(table, filters)
    with table.connect() as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {table.relation()} WHERE {where}", values).fetchall()
    return int(found[0])


def row_values(table: Table, number: int, columns: Sequence[AnyColumn]) -> dict[str, Any]:
    """Of one row, by fields: numbers, words, points in time; None where missing."""
    fields = ", ".join(identifier(column.field) for column in columns)
    with table.connect() as connection:
        found = connection.execute(f"SELECT {fields} FROM {table.relation()} WHERE row = ?", [number]).fetchone()
    return dict(zip((column.field for column in columns), found or (), strict=True))


def csv_blocks(table: Table, filters: Filters = (), sort: Sort = BY_LINE) -> Iterator[str]:
    """The whole file, header first, in parts; formulas are escaped. Raises UnknownColumn, NotComparable.

    It begins with the mark without which Excel takes it for another encoding.
    """
    where, values = conditions(table, filters)
    fields = ", ".join(identifier(column.field) for column in table.description.columns)
    query = f"SELECT {fields} FROM {table.relation()} WHERE {where}"
    if sort != BY_LINE:  # else they come so: to sort them all would cost time and memory
        query += f" ORDER BY {order(table, sort)}"
    with table.connect() as connection:
        rows = connection.execute(query, values)
        yield MARK + csv_text([[column.name for column in table.description.columns]])
        while block := rows.fetchmany(CSV_ROWS):
            yield csv_text(block)


def _numbers(
    connection: duckdb.DuckDBPyConnection, table: Table, filters: Filters, sort: Sort, offset: int, limit: int
) -> list[int]:
    """Of the rows of the page: only the columns that are asked about are read."""
    if not filters and sort == BY_LINE:
        return list(range(min(offset, table.rows), min(offset + limit, table.rows)))
    where, values = conditions(table, filters)
    query = f"SELECT row FROM {table.relation()} WHERE {where} ORDER BY {order(table, sort)} LIMIT ? OFFSET ?"
    return [row for (row,) in connection.execute(query, [*values, limit, offset]).fetchall()]


def _values(connection: duckdb.DuckDBPyConnection, table: Table, numbers: list[int]) -> list[tuple[Any, ...]]:
    """The line and the values of each of these rows, in their order."""
    if not numbers:
        return []
    fields = [_shown(column.field, column.kind == "text") for column in table.description.columns]
    wanted = ", ".join(map(str, numbers))
    query = f"SELECT row, line, {', '.join(fields)} FROM {table.relation()} WHERE row IN ({wanted})"
    found = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    return [found[number] for number in numbers]


def _shown(field: str, is_text: bool) -> str:
    return f"left({identifier(field)}, {LONGEST})" if is_text else identifier(field)


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Lines of a CSV file, safe to open in a spreadsheet."""
    return csv_lines([_cell(value) for value in row] for row in rows)


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    """The same of values that are safe already."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text (OWASP, CSV Injection)."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return without_formulas(value) if isinstance(value, str) else value
