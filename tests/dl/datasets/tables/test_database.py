"""DuckDB reads the folders that it is given, and no query can change that."""

from pathlib import Path

import duckdb
import pytest

from dl.datasets.tables.database import ask, connect, identifier, literal, watched


def test_two_who_ask_have_connections_of_their_own_to_one_closed_database(tmp_path: Path) -> None:
    first, second = ask(tmp_path), ask(tmp_path)
    first.execute("CREATE TEMP TABLE mine AS SELECT 1")
    with pytest.raises(duckdb.CatalogException):
        second.execute("FROM mine")
    first.close()
    with pytest.raises(duckdb.PermissionException):
        second.execute("FROM read_csv('/etc/passwd')")
    with pytest.raises(duckdb.Error, match="locked"):
        second.execute("SET enable_external_access = true")


def test_names_and_words_are_never_more_than_that(tmp_path: Path) -> None:
    name = """"; DROP TABLE x; --'"""
    found = ask(tmp_path).execute(f"SELECT {literal(name)} AS {identifier(name)}")
    assert (found.description[0][0], found.fetchone()) == (name, (name,))


def test_query_ends_when_its_watcher_does(tmp_path: Path) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    connection = connect(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        watched(connection, "SELECT sum(hash(a.range + b.range)) FROM range(10000000) a, range(10000000) b", stop)
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_fault_of_a_watched_query_is_its_own(tmp_path: Path) -> None:
    with pytest.raises(duckdb.CatalogException):
        watched(connect(tmp_path), "FROM nowhere", lambda _: None)
