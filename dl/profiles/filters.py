"""What a user asks of rows, as small frozen objects; in the query there are only our own words and bound values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

from dl.datasets.columns import AnyColumn, Date, Number
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table
from dl.errors import NotComparable

Operator = Literal["=", "≠", "<", "≤", ">", "≥", "contains", "missing", "known"]
SQL = {"=": "=", "≠": "IS DISTINCT FROM", "<": "<", "≤": "<=", ">": ">", "≥": ">="}
DOWN = "down"
LINE = "line"  # where a row stood in the file that was brought


@dataclass(frozen=True)
class Filter:
    """Rows whose value in the column (its field) compares so with `value`; what is missing compares with ≠ alone."""

    column: str
    operator: Operator
    value: str | float = ""

    def __str__(self) -> str:
        return f"{self.column} {self.operator} {self.value}"


@dataclass(frozen=True)
class Sort:
    """By a column's field, or by the line in the file; what is missing comes last."""

    column: str = LINE
    descending: bool = False

    def __str__(self) -> str:
        return f"{self.column} {DOWN}" if self.descending else self.column


Filters = tuple[Filter, ...]
BY_LINE = Sort()


def filters_of(table: Table, spelled: Sequence[str]) -> Filters:
    """Each from its `str`; what is no filter of this table counts as not there."""
    fields = {column.field for column in table.description.columns}
    parts = (text.split(" ", 2) for text in spelled)
    known = (part for part in parts if len(part) >= 2 and part[0] in fields and part[1] in get_args(Operator))
    return tuple(Filter(field, cast(Operator, operator), "".join(value)) for field, operator, *value in known)


def sort_of(table: Table, spelled: str) -> Sort:
    """From its `str`; by the line of the file where that is none of this table."""
    field, _, direction = spelled.partition(" ")
    fields = {column.field for column in table.description.columns}
    return Sort(field if field in fields else LINE, direction == DOWN)


def conditions(table: Table, filters: Filters) -> tuple[str, list[Any]]:
    """SQL of what all filters say together, and the values for its gaps. Raises UnknownColumn, NotComparable."""
    parts, values = ["true"], []
    for each in filters:
        column = table.column(each.column)
        field = identifier(column.field)
        if each.operator in ("missing", "known"):
            parts.append(f"{field} IS {'NOT ' if each.operator == 'known' else ''}NULL")
        elif each.operator == "contains":
            parts.append(f"contains(lower(CAST({field} AS VARCHAR)), lower(?))")
            values.append(str(each.value))
        else:
            parts.append(f"{field} {SQL[each.operator]} ?")
            values.append(_compared(column, each.value))
    return " AND ".join(parts), values


def order(table: Table, sort: Sort) -> str:
    """SQL; rows that are equal keep the order of the file."""
    if sort.column == LINE:
        return "row DESC" if sort.descending else "row"
    direction = "DESC" if sort.descending else "ASC"
    return f"{identifier(table.column(sort.column).field)} {direction} NULLS LAST, row"


def _compared(column: AnyColumn, value: str | float) -> Any:
    try:
        if isinstance(column, Number):
            return float(value)
        return datetime.fromisoformat(str(value)) if isinstance(column, Date) else str(value)
    except ValueError as error:
        raise NotComparable(column=column.name, reason=column.kind, given=str(value)) from error
