"""What an official test file writes otherwise than the rows to learn from."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dl.datasets.columns import Category
from dl.datasets.tables.database import identifier, literal
from dl.datasets.tables.table import Table


def trailing_points(connection: duckdb.DuckDBPyConnection, rows: Path, test: Path) -> list[str]:
    """Fields whose words all end in a point in the test file alone, and are known words without it."""
    kinds = connection.execute(f"DESCRIBE FROM read_parquet({literal(str(test))})").fetchall()
    fields = [name for name, kind, *_ in kinds if kind == "VARCHAR"]
    pointed = _pointed(connection, test, fields, "bool_and")
    also_here = _pointed(connection, rows, pointed, "bool_or")
    return [field for field in pointed if field not in also_here and _is_known(connection, rows, test, field)]


def _pointed(connection: duckdb.DuckDBPyConnection, path: Path, fields: list[str], every: str) -> list[str]:
    if not fields:
        return []
    asked = ", ".join(f"{every}(ends_with({identifier(field)}, '.'))" for field in fields)
    found = connection.execute(f"SELECT {asked} FROM read_parquet({literal(str(path))})").fetchone()
    return [field for field, ends in zip(fields, found or (), strict=True) if ends]


def _is_known(connection: duckdb.DuckDBPyConnection, rows: Path, test: Path, field: str) -> bool:
    name, here, there = identifier(field), literal(str(rows)), literal(str(test))
    bare = f"SELECT DISTINCT left({name}, -1) FROM read_parquet({there}) WHERE {name} IS NOT NULL"
    query = f"SELECT count(*) FROM (({bare}) INTERSECT (SELECT DISTINCT {name} FROM read_parquet({here})))"
    found = connection.execute(query).fetchone()
    return bool(found and found[0])


def unseen_levels(table: Table) -> list[str]:
    """Classes that stand in test rows and in no other: no network can learn them."""
    target = table.description.target
    if not isinstance(target, Category):
        return []
    field = identifier(target.field)
    query = f"SELECT row, {field} AS level FROM {table.relation()} WHERE {field} IS NOT NULL"
    levels = pa.array(target.levels)
    is_seen, is_tested = (np.zeros(len(levels), bool) for _ in range(2))
    is_test = np.zeros(table.rows, bool)
    is_test[table.test_rows] = True
    for batch in table.connect().sql(query).to_arrow_reader(1_000_000):
        code = pc.index_in(batch.column(1), value_set=levels).to_numpy()
        tests = is_test[batch.column(0).to_numpy()]
        is_seen[code[~tests]] = is_tested[code[tests]] = True
    return [level for level, seen, tested in zip(target.levels, is_seen, is_tested, strict=True) if tested and not seen]
