"""DuckDB, closed: it reads the folders that it is given and nothing else, and no query can change that."""

import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import duckdb

MEMORY = "400MB"
KEPT = 4  # databases
WATCH_SECONDS = 0.1


def connect(*folders: Path, memory: str = MEMORY, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory, of this caller alone: connections that are shared race (duckdb#13498)."""
    connection = duckdb.connect(config={"memory_limit": memory, **({"threads": threads} if threads else {})})
    allowed = ", ".join(literal(f"{folder}/") for folder in folders)
    for setting in (
        f"allowed_directories = [{allowed}]",
        "enable_external_access = false",
        "allow_community_extensions = false",
        "preserve_insertion_order = true",
        "enable_external_file_cache = false",  # the operating system keeps what is read often
        "enable_progress_bar = true",
        "enable_progress_bar_print = false",
        "GLOBAL TimeZone = 'UTC'",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


def ask(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection of this caller alone to a database that is kept: to open one takes longer than most questions."""
    return _kept(folder).cursor()


@lru_cache(maxsize=KEPT)
def _kept(folder: Path) -> duckdb.DuckDBPyConnection:
    return connect(folder)


def literal(text: str) -> str:
    """As a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """As a name of SQL."""
    return '"' + name.replace('"', '""') + '"'


def spelled_number(number: str) -> str:
    """SQL of a number as a person writes it, whole ones without a point."""
    is_whole = f"abs({number}) < 1e15 AND {number} = trunc({number})"
    whole = f"CAST(CAST({number} AS BIGINT) AS VARCHAR)"
    return f"CASE WHEN {is_whole} THEN {whole} ELSE CAST({number} AS VARCHAR) END"


def watched(connection: duckdb.DuckDBPyConnection, query: str, watch: Callable[[float], None]) -> None:
    """Runs it while `watch` is told how much is done, 0 to 1; what that raises ends the query."""
    faults: list[BaseException] = []

    def run() -> None:
        try:
            connection.execute(query)
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        while thread.is_alive():
            watch(max(0.0, connection.query_progress()) / 100)
            thread.join(WATCH_SECONDS)
    except BaseException:
        while thread.is_alive():  # an interrupt that comes before the query has begun is lost
            connection.interrupt()
            thread.join(WATCH_SECONDS)
        raise
    if faults:
        raise faults[0]
