"""DuckDB, closed: it reads the folders that it is given and nothing else, and no query can change that."""

from pathlib import Path

import duckdb

MEMORY = "400MB"


def connect(*folders: Path, memory: str = MEMORY, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory, of this caller alone: connections that are shared race (duckdb#13498)."""
    connection = duckdb.connect(config={"memory_limit": memory, **({"threads": threads} if threads else {})})
    allowed = ", ".join(literal(f"{folder}/") for folder in folders)
    for setting in (
        f"allowed_directories = [{allowed}]",
        "enable_external_access = false",
        "allow_community_extensions = false",
        "preserve_insertion_order = true",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


def literal(text: str) -> str:
    """As a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """As a name of SQL."""
    return '"' + name.replace('"', '""') + '"'
