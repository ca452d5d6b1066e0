"""Parquet, one file or a folder of them: what the file says of its columns is taken at its word."""

from pathlib import Path

import duckdb

from dl.datasets.tables.database import connect, identifier, literal
from dl.datasets.tables.dialect import clean_names
from dl.datasets.tables.lines import LineRules
from dl.datasets.tables.readings import EXACT_WHOLE
from dl.datasets.tables.sources import MOST_COLUMNS, RowSource
from dl.errors import TableUnreadable

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT", "DOUBLE")
WHOLE = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT")
TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")


def parquet_files(path: Path) -> list[Path]:
    """The file, or those below the folder, by name."""
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path]


def open_parquet(path: Path, staging: Path) -> RowSource:
    """Raises TableUnreadable."""
    linked = [_linked(file, staging, number) for number, file in enumerate(parquet_files(path))]
    if not linked:
        raise TableUnreadable(file=path.name, reason="empty")
    files = ", ".join(literal(str(file)) for file in linked)
    read = f"read_parquet([{files}], union_by_name = true)"
    connection = connect(staging)
    try:
        found = connection.execute(f"DESCRIBE FROM {read}").fetchall()
        types = [(name, _stored(connection, read, name, kind)) for name, kind, *_ in found]
    except duckdb.Error as error:
        raise TableUnreadable(file=path.name, reason="damaged", detail=str(error)) from error
    if len(types) > MOST_COLUMNS:
        raise TableUnreadable(file=path.name, reason="too_many_columns", columns=len(types), limit=MOST_COLUMNS)
    values = ", ".join(f"{_cast(name, kind)} AS c{number}" for number, (name, kind) in enumerate(types))
    names = clean_names([name for name, _ in types], len(types))
    stored = tuple(kind if kind in ("DOUBLE", "TIMESTAMP") else "" for _, kind in types)
    return RowSource(path.name, names, f"(SELECT {values} FROM {read})", LineRules(1), stored=stored)


def _linked(file: Path, staging: Path, number: int) -> Path:
    """Inside the one folder that DuckDB may read, under a name in which it sees no pattern."""
    link = staging / f"source-{len(list(staging.iterdir()))}-{number}.parquet"
    try:
        link.hardlink_to(file)
    except OSError:  # another disk
        link.symlink_to(file.absolute())
    return link


def _stored(connection: duckdb.DuckDBPyConnection, read: str, name: str, kind: str) -> str:
    """DOUBLE, TIMESTAMP, VARCHAR, or JSON for what is nested."""
    if kind in NUMBERS or kind.startswith("DECIMAL"):
        return "DOUBLE"
    if kind in TIMES:
        return "TIMESTAMP"
    if kind in WHOLE:
        query = f"SELECT max(abs({identifier(name)}::HUGEINT)) FROM {read}"
        greatest = connection.execute(query).fetchone()
        return "DOUBLE" if greatest and (greatest[0] or 0) < EXACT_WHOLE else "VARCHAR"
    return "JSON" if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")) else "VARCHAR"


def _cast(name: str, kind: str) -> str:
    field = identifier(name)
    return f"CAST(to_json({field}) AS VARCHAR)" if kind == "JSON" else f"CAST({field} AS {kind})"
