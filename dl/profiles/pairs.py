"""Two columns against each other: points while there are few rows, else how many rows lie in each cell of a grid."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Date, Text
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table
from dl.profiles.profile import Profile

POINTS = 2_000
CELLS = 40  # of a number
LEVELS = 20  # of a category, the most frequent


@dataclass(frozen=True)
class Axis:
    """Of a number or a date (microseconds since 1970) the ascending `edges` of the cells, else the `levels`.

    What lies beyond the edges is in the first or the last cell.
    """

    name: str
    kind: str
    edges: NDArray[np.float64]
    levels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.levels) or len(self.edges) - 1


@dataclass(frozen=True)
class Points:
    """Of each row where both are known: its number, its values (numbers, or the places of levels), its target."""

    rows: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    targets: tuple[Any, ...]


@dataclass(frozen=True)
class Pair:
    """`counts` (y, x) are of all rows where both are known and, of categories, among the levels."""

    x: Axis
    y: Axis
    counts: NDArray[np.int64]
    points: Points | None = None


def pair(table: Table, profile: Profile, x: str, y: str) -> Pair:
    """Of all rows, whatever the profile has read; that only says where the cells lie. Raises UnknownColumn."""
    columns = table.column(x), table.column(y)
    across, up = (_axis(column, profile) for column in columns)
    return Pair(across, up, _counts(table, columns, (across, up)), _points(table, columns, (across, up)))


def _axis(column: AnyColumn, profile: Profile) -> Axis:
    found = profile.column(column.field)
    if found.number:
        bars = found.number.histogram.edges
        return Axis(column.name, column.kind, np.linspace(bars[0], bars[-1], CELLS + 1))
    levels = tuple(str(level.value) for level in found.frequent[:LEVELS])
    return Axis(column.name, column.kind, np.empty(0), levels)


def _counts(table: Table, columns: tuple[AnyColumn, AnyColumn], axes: tuple[Axis, Axis]) -> NDArray[np.int64]:
    (x, x_values), (y, y_values) = (_cell(column, axis) for column, axis in zip(columns, axes, strict=True))
    query = f"SELECT {x} AS x, {y} AS y, count(*) FROM {table.relation()} GROUP BY x, y HAVING x >= 0 AND y >= 0"
    with table.connect() as connection:
        found = connection.execute(query, [*x_values, *y_values]).fetchall()
    counts = np.zeros((axes[1].size, axes[0].size), np.int64)
    for across, up, rows in found:
        counts[up, across] = rows
    return counts


def _cell(column: AnyColumn, axis: Axis) -> tuple[str, list[Any]]:
    """SQL of the number of the cell, from 0, with gaps for these values; NULL or negative outside."""
    if axis.levels:
        return f"list_position(?, {identifier(column.field)}) - 1", [list(axis.levels)]
    low, step = axis.edges[0], (axis.edges[-1] - axis.edges[0]) / axis.size
    place = f"floor(({_number(column)} - {float(low)!r}) / {float(step)!r})"
    inside = f"CAST(least(greatest({place}, 0), {axis.size - 1}) AS INTEGER)"
    return f"CASE WHEN {identifier(column.field)} IS NOT NULL THEN {inside} END", []  # greatest(NULL, 0) is 0


def _number(column: AnyColumn) -> str:
    field = identifier(column.field)
    if isinstance(column, Date):
        return f"CASE WHEN isfinite({field}) THEN CAST(epoch_us({field}) AS DOUBLE) END"
    return f"CAST(length({field}) AS DOUBLE)" if isinstance(column, Text) else field


def _points(table: Table, columns: tuple[AnyColumn, AnyColumn], axes: tuple[Axis, Axis]) -> Points | None:
    if table.rows > POINTS:
        return None
    parts = [_place(column, axis) for column, axis in zip(columns, axes, strict=True)]
    (x, x_values), (y, y_values) = parts
    target = identifier(table.description.target.field)
    query = f"SELECT row, {x} AS x, {y} AS y, {target} AS target FROM {table.relation()} ORDER BY row"
    with table.connect() as connection:
        found = connection.execute(
            f"FROM ({query}) WHERE x IS NOT NULL AND y IS NOT NULL", x_values + y_values
        ).fetchall()
    rows, across, up = (np.array([row[place] for row in found], float) for place in range(3))
    return Points(rows.astype(np.int64), across, up, tuple(row[3] for row in found))


def _place(column: AnyColumn, axis: Axis) -> tuple[str, list[Any]]:
    if axis.levels:
        return f"nullif(list_position(?, {identifier(column.field)}), 0) - 1", [list(axis.levels)]
    return _number(column), []
