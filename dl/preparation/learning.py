"""What a preparation needs to know of the training rows.

They are those that are not for the test; validation is cut from them later, so that another share or seed needs no
other preparation. Counts are of all of them, quantiles and means of features of at most 200,000, as in scikit-learn's
histogram gradient boosting: memory does not grow with the table.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Category, Column, Date, Number
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table
from dl.errors import Problem, SpecError
from dl.files import read_model, write_model
from dl.preparation.bins import bin_edges
from dl.preparation.columns_input import ColumnsInput
from dl.preparation.dates import PARTS, date_parts
from dl.preparation.preparation import (
    Preparation,
    PreparedCategory,
    PreparedNumber,
    PreparedTarget,
    rounded,
    rounded_for,
)
from dl.preparation.rows import Rows, asked, blocks, numbers_of

SAMPLE_ROWS = 200_000
COLUMNS_AT_ONCE = 32
MOST_LEVELS = 100_000
LARGEST = 1e300  # the difference of two such numbers is a number still
FOLDER = "prepared"
Values = NDArray[np.float64]


def preparation_of(table: Table, wanted: ColumnsInput) -> Preparation:
    """Learnt once and kept beside the table. Raises SpecError where no column tells anything."""
    path = table.folder / FOLDER / f"{_key(table, wanted)}.json"
    if kept := read_model(path, Preparation):
        return kept
    learnt = learn(table, wanted)
    with contextlib.suppress(OSError):  # a full disk or a read-only folder costs only the time to learn it again
        _write(path, learnt)
    return learnt


def kept_preparation(table: Table, wanted: ColumnsInput) -> Preparation | None:
    """For who does not want to wait."""
    return read_model(table.folder / FOLDER / f"{_key(table, wanted)}.json", Preparation)


def learn(table: Table, wanted: ColumnsInput) -> Preparation:
    """Raises SpecError where no column tells anything."""
    entering, train = entering_columns(table.description.features, wanted), table.train_rows
    with asked(table, held_out=table.test_rows, sample=_sample(train)) as connection:
        numbers = tuple(_numbers(connection, table, [c for c in entering if isinstance(c, Number | Date)], wanted))
        found = (_category(connection, table, c, wanted) for c in entering if isinstance(c, Category))
        categories = tuple(category for category in found if category.levels)
        target = _target(connection, table, table.description.target)
    if not numbers and not categories:
        raise SpecError((Problem("nothing_to_learn_from", {"columns": len(entering)}),))
    return Preparation(numbers=numbers, categories=categories, target=target)


def entering_columns(features: Sequence[AnyColumn], wanted: ColumnsInput) -> list[AnyColumn]:
    """Those of the features that are wanted and that a network can take in."""
    chosen = [column for column in features if wanted.columns is None or column.name in wanted.columns]
    return [column for column in chosen if isinstance(column, Number | Date | Category)]


def _key(table: Table, wanted: ColumnsInput) -> str:
    columns = [column.model_dump(mode="json") for column in table.description.columns]
    decisive = json.dumps([columns, table.description.fingerprint, wanted.decisive()], sort_keys=True)
    return hashlib.sha256(decisive.encode()).hexdigest()[:32]


def _write(path: Path, learnt: Preparation) -> None:
    path.parent.mkdir(exist_ok=True)
    write_model(path, learnt)


def _sample(train: Rows) -> Rows:
    if len(train) <= SAMPLE_ROWS:
        return train
    return np.sort(np.random.default_rng(0).choice(train, SAMPLE_ROWS, replace=False))


def _numbers(
    connection: duckdb.DuckDBPyConnection, table: Table, columns: list[AnyColumn], wanted: ColumnsInput
) -> Iterator[PreparedNumber]:
    gaps = _gaps(connection, table, columns)
    for start in range(0, len(columns), COLUMNS_AT_ONCE):
        some = columns[start : start + COLUMNS_AT_ONCE]
        read = list(blocks(connection, table, some, "row IN (SELECT row FROM sample)"))
        for column in some:
            values = np.concatenate([numbers_of(block, column.field) for block in read] or [np.zeros(0)])
            yield from _parts(column, np.clip(values[np.isfinite(values)], -LARGEST, LARGEST), wanted)
            if wanted.missing == "indicator" and gaps[column.field]:
                yield _indicator(column, wanted)


def _gaps(connection: duckdb.DuckDBPyConnection, table: Table, columns: list[AnyColumn]) -> dict[str, int]:
    """In how many training rows each is missing."""
    if not columns:
        return {}
    counts = ", ".join(f"count(*) - count({identifier(column.field)})" for column in columns)
    (found,) = connection.execute(f"SELECT {counts} FROM {_train(table)}").fetchall()
    return dict(zip((column.field for column in columns), found, strict=True))


def _train(table: Table) -> str:
    return f"(SELECT * FROM {table.relation()} WHERE row NOT IN (SELECT row FROM held_out))"


def _parts(column: AnyColumn, values: Values, wanted: ColumnsInput) -> Iterator[PreparedNumber]:
    """A number, or those parts of a date that are not the same in all rows."""
    facts = PreparedNumber(name=column.name, field=column.field, missing=_missing_numbers(column))
    if isinstance(column, Number):
        parts = {"value": values}
    else:
        facts, parts = facts.model_copy(update={"kind": "date"}), date_parts(values, np.floor, np.where)
    for part in ("value", *PARTS):
        if part in parts and len(parts[part]) and np.ptp(parts[part]) > 0:
            yield facts.model_copy(update={"part": part, **_scaling(parts[part], wanted)})


def _scaling(values: Values, wanted: ColumnsInput) -> dict[str, object]:
    """Worked out in shares of their range, where nothing is too large to be squared or too small."""
    low, reach = values.min(), np.ptp(values)
    shares = (values - low) / reach
    if wanted.number_scaling == "standard":
        centre, scale = shares.mean(), shares.std()
    else:
        lower, centre, upper = np.quantile(shares, [0.25, 0.5, 0.75])
        scale = upper - lower or 0.5
    (scale,) = rounded([max(scale * reach, np.finfo(float).tiny)])
    centre = rounded_for(low + centre * reach, scale)
    edges: tuple[float, ...] = ()
    if wanted.number_embedding == "piecewise_linear":
        scaled = (bin_edges(values, wanted.bins) - centre) / scale
        edges = tuple(rounded(np.unique(scaled.astype(np.float32))))
    return {"centre": centre, "scale": scale, "edges": edges}


def _indicator(column: AnyColumn, wanted: ColumnsInput) -> PreparedNumber:
    return PreparedNumber(
        name=column.name,
        field=column.field,
        kind="number" if isinstance(column, Number) else "date",
        part="missing",
        edges=(0.0, 1.0) if wanted.number_embedding == "piecewise_linear" else (),
        missing=_missing_numbers(column),
    )


def _missing_numbers(column: Column) -> tuple[float, ...]:
    """Spellings of "not known" that are numbers, as -999."""
    found = []
    for spelling in column.missing if isinstance(column, Number) else ():
        with contextlib.suppress(ValueError):
            found.append(float(spelling))
    return tuple(value for value in found if np.isfinite(value))


def _category(
    connection: duckdb.DuckDBPyConnection, table: Table, column: Category, wanted: ColumnsInput
) -> PreparedCategory:
    """Its levels, the most frequent first, ties by name; an empty one says as little as a missing one."""
    field = identifier(column.field)
    levels = connection.execute(
        f"SELECT {field} FROM {_train(table)} WHERE {field} <> '' GROUP BY 1 "
        f"HAVING count(*) >= {wanted.minimum_count} ORDER BY count(*) DESC, 1 LIMIT {MOST_LEVELS}"
    ).fetchall()
    return PreparedCategory(name=column.name, field=column.field, levels=tuple(str(level) for (level,) in levels))


def _target(connection: duckdb.DuckDBPyConnection, table: Table, column: AnyColumn) -> PreparedTarget:
    if isinstance(column, Category):
        return PreparedTarget(name=column.name, field=column.field, levels=column.levels)
    field = identifier(column.field)
    (found,) = connection.execute(f"SELECT avg({field}), stddev_pop({field}) FROM {_train(table)}").fetchall()
    mean, deviation = (value or 0.0 for value in found)  # NULL if no training row has a target
    (scale,) = rounded([deviation or 1.0])
    return PreparedTarget(name=column.name, field=column.field, mean=rounded_for(mean, scale), scale=scale)
