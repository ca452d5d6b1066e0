"""Brings a file of rows into the workspace: read once, judged, split, and put in place whole or not at all."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace as with_fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq

from dl.datasets.archives import Progress, Report, ignore
from dl.datasets.columns import AnyColumn
from dl.datasets.description import Dataset, Origin, Rows
from dl.datasets.download import storage_failure
from dl.datasets.opening import DESCRIPTION
from dl.datasets.tables import left_out
from dl.datasets.tables.changes import as_target
from dl.datasets.tables.database import connect, identifier, literal
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.files import fetch_source, find_dialect, is_url, open_source
from dl.datasets.tables.judging import facts_of, likely_columns, likely_target, likely_task
from dl.datasets.tables.left_out import LeftOut, write_left_out
from dl.datasets.tables.lines import add_lines
from dl.datasets.tables.official_test import trailing_points
from dl.datasets.tables.readings import Reading, day_is_first, manner_of_numbers
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.sources import RowSource
from dl.datasets.tables.splits import Split
from dl.datasets.tables.splitting import choose_test_rows, count_shared, drawn_by, usual_split
from dl.datasets.tables.table import ROWS, TEST_ROWS, Table, fingerprint
from dl.datasets.tables.writing import part_of, write_rows
from dl.errors import TableUnreadable, UnknownColumn, WrongSplit, WrongTarget
from dl.files import discard, write_array, write_json

FEWEST_ROWS = 10
MEMORY = "300MB"
MOST_THREADS, THREAD_COLUMNS = 4, 800  # each thread holds some thousand values of every column


def write_table(folder: Path, request: TableRequest, report: Report = ignore, **about: Any) -> Dataset:
    """Fills a folder; `about` are fields of the description that are known, its columns among them.

    Raises TableUnreadable, WrongDialect, UnknownColumn, WrongTarget, WrongSplit, DownloadFailed.
    """
    staging = folder / "staging"
    staging.mkdir(parents=True)
    try:
        return _Bringing(folder, staging, request, report).run(about)
    except OSError as error:
        raise storage_failure(error, dataset=request.id, url=request.source) from error
    finally:
        discard(staging)


class _Bringing:
    def __init__(self, folder: Path, staging: Path, request: TableRequest, report: Report) -> None:
        self.folder, self.staging, self.request, self.report = folder, staging, request, report
        self.path = folder / ROWS
        self.pointed: list[str] = []

    def run(self, about: dict[str, Any]) -> Dataset:
        with ExitStack() as stack:
            connection = stack.enter_context(self.connect(1))
            sources, dialect = self.open_sources(connection)
            if _threads(len(sources[0].names)) < _threads(1):
                connection.close()
                connection = stack.enter_context(self.connect(len(sources[0].names)))
            readings = write_rows(connection, sources, self.path, dialect, self.watch)
            rejected = [source.rejected(connection) for source in sources]
        rows = self.join_parts(sources, rejected)
        self.check_rows(rows, rejected)
        first_line = sources[0].lines.first if sources[0].lines else 2
        dialect = dialect.changed({"day_first": day_is_first(readings, dialect)})
        description = self.describe(sources[0], readings, rows, dialect, about | {"first_line": first_line})
        return self.finish(description, [left for part in rejected for left in part])

    def connect(self, columns: int) -> duckdb.DuckDBPyConnection:
        return connect(self.folder, memory=MEMORY, threads=_threads(columns))

    def open_sources(self, connection: duckdb.DuckDBPyConnection) -> tuple[list[RowSource], Dialect]:
        """The rows and, where there are some of their own, the test rows, with the same columns."""
        wishes = self.request.dialect
        source = self.request.fetched or self.request.source
        path = fetch_source(source, self.staging, self.report, dataset=self.request.id)
        dialect = find_dialect(path, wishes)
        sources = [open_source(path, dialect, self.staging, self.report)]
        if not {"decimal", "thousands"} & wishes.keys():
            dialect = manner_of_numbers(sources[0].sample(connection, 300), dialect)
        if self.request.test_source:
            test = fetch_source(self.request.test_source, self.staging, self.report, dataset=self.request.id)
            found = find_dialect(test, wishes)
            sources.append(_aligned(open_source(test, found, self.staging, self.report), sources[0]))
        return sources, dialect

    def watch(self, done: float) -> None:
        self.report(Progress("read", round(1000 * done), 1000))

    def join_parts(self, sources: Sequence[RowSource], rejected: Sequence[list[LeftOut]]) -> list[int]:
        """One file of the files of all sources, in which every row knows its line; returns how many rows each has."""
        parts = [part_of(self.path, number) for number in range(len(sources))]
        rows = [int(pq.read_metadata(part).num_rows) for part in parts]
        for part, source, left, count in zip(parts, sources, rejected, rows, strict=True):
            if source.lines and (len(parts) > 1 or not source.lines.are_plain(count, left)):
                add_lines(part, source.lines, left)
        if len(parts) == 1:
            parts[0].replace(self.path)
            return rows
        with connect(self.folder, memory=MEMORY) as connection:
            self.pointed = trailing_points(connection, *parts)
            bare = ", ".join(f"left({identifier(field)}, -1) AS {identifier(field)}" for field in self.pointed)
            test = f"SELECT *{f' REPLACE ({bare})' if bare else ''} FROM read_parquet({literal(str(parts[1]))})"
            read = f"FROM read_parquet({literal(str(parts[0]))}) UNION ALL BY NAME ({test})"
            connection.execute(f"COPY ({read}) TO {literal(str(self.path))} (FORMAT parquet)")
        for part in parts:
            part.unlink()
        return rows

    def check_rows(self, rows: Sequence[int], rejected: Sequence[list[LeftOut]]) -> None:
        name = Path(self.request.source).name
        left = sum(map(len, rejected))
        if left > sum(rows) and left > FEWEST_ROWS:
            raise TableUnreadable(file=name, reason="mostly_left_out", left_out=left, rows=sum(rows))
        if sum(rows) < FEWEST_ROWS or 0 in rows:
            reason = "too_few_rows" if sum(rows) else "no_rows"
            raise TableUnreadable(file=name, reason=reason, rows=sum(rows), limit=FEWEST_ROWS)

    def describe(
        self, source: RowSource, readings: Sequence[Reading], rows: list[int], dialect: Dialect, about: dict[str, Any]
    ) -> Dataset:
        """With its target, and no split yet."""
        self.report(Progress("columns", 0, len(readings)))
        if "columns" in about:
            return self.draft(source, rows, dialect, about["columns"], about)
        facts = facts_of(self.path, [reading.stored for reading in readings])
        columns = likely_columns(source.names, readings, facts, sum(rows))
        place = self.target_place(columns, likely_target(columns, facts, sum(rows)))
        task = self.request.task or likely_task(columns[place], facts[place])
        drafted = self.draft(source, rows, dialect, _with_one_target(columns, place), about)
        column = as_target(Table(self.folder, drafted), columns[place], task)
        return drafted.model_copy(update={"columns": _with(drafted.columns, place, column)})

    def draft(
        self,
        source: RowSource,
        rows: Sequence[int],
        dialect: Dialect,
        columns: tuple[AnyColumn, ...],
        about: dict[str, Any],
    ) -> Dataset:
        files: dict[str, Any] = {"file": _shown(self.request.source), "test_file": _shown(self.request.test_source)}
        files |= {"test_rows": sum(rows[1:]), "pointed": tuple(columns[int(field[1:])].name for field in self.pointed)}
        known = {
            "id": self.request.id,
            "name": self.request.name,
            "rows": Rows(train=rows[0], test=sum(rows[1:])),
            "source": self.request.source if is_url(self.request.source) else "",
            "licence": "",
            "origin": Origin(**files, dialect=dialect),
        }
        return Dataset.model_validate(known | about | {"columns": columns})

    def target_place(self, columns: Sequence[AnyColumn], likely: int | None) -> int:
        wanted, names = self.request.target, [column.name for column in columns]
        if len(columns) == 1:
            raise WrongTarget(column=names[0], reason="no_features")
        if wanted and wanted not in names:
            raise UnknownColumn(column=wanted, columns=names)
        if not wanted and likely is None:
            raise WrongTarget(column="", reason="none")
        return names.index(wanted) if wanted else likely or 0

    def finish(self, description: Dataset, rejected: list[LeftOut]) -> Dataset:
        table = Table(self.folder, description)
        self.report(Progress("columns", len(description.columns), len(description.columns)))
        if description.rows.test:
            split = Split(method="file")
            test_rows = np.arange(description.rows.train, description.rows.total)
        else:
            split, test_rows = self.split(table)
        write_array(self.folder / TEST_ROWS, test_rows)
        if rejected:
            write_left_out(self.folder / left_out.FILE, rejected)
        split = drawn_by(table, split).model_copy(update={"shared": count_shared(table, split)})
        description = description.model_copy(
            update={
                "rows": Rows(train=table.rows - len(test_rows), test=len(test_rows)),
                "left_out": len(rejected),
                "split": split,
                "fingerprint": fingerprint(self.folder, self.report),
            }
        )
        write_json(self.folder / DESCRIPTION, description.model_dump(mode="json"))
        return description

    def split(self, table: Table) -> tuple[Split, np.ndarray]:
        """As it was wished, else by levels or, where there are too few rows for that, at random."""
        if wished := self.request.split:
            return wished, choose_test_rows(table, wished)
        usual = usual_split(table)
        try:
            return usual, choose_test_rows(table, usual)
        except WrongSplit:
            return Split(), choose_test_rows(table, Split())


def _threads(columns: int) -> int:
    return max(1, min(MOST_THREADS, os.cpu_count() or 1, THREAD_COLUMNS // columns))


def _shown(source: str) -> str:
    """An address whole, of a file its name."""
    return source if is_url(source) else Path(source).name


def _with(columns: Sequence[AnyColumn], place: int, column: AnyColumn) -> tuple[AnyColumn, ...]:
    return (*columns[:place], column, *columns[place + 1 :])


def _with_one_target(columns: Sequence[AnyColumn], place: int) -> tuple[AnyColumn, ...]:
    """Where nothing else is a feature, everything else is."""
    target = columns[place].model_copy(update={"role": "target"})
    others = [column for number, column in enumerate(columns) if number != place]
    if all(column.role == "ignored" for column in others):
        columns = [column.model_copy(update={"role": "feature"}) for column in columns]
    return _with(columns, place, target)


def _aligned(test: RowSource, rows: RowSource) -> RowSource:
    """With the columns in the order of the other file: by name, or by place where it has no names of its own."""
    if set(rows.names) <= set(test.names):
        order = [test.names.index(name) for name in rows.names]
    elif len(test.names) == len(rows.names):
        order = list(range(len(rows.names)))
    else:
        missing = [name for name in rows.names if name not in test.names]
        raise TableUnreadable(file=test.file, reason="other_columns", columns=missing)
    selected = ", ".join(f"{identifier(f'c{old}')} AS c{new}" for new, old in enumerate(order))
    line = ", line" if test.lines is None else ""
    stored = tuple(test.stored[old] for old in order) if test.stored else ()
    relation = f"(SELECT {selected}{line} FROM {test.relation})"
    return with_fields(test, names=rows.names, relation=relation, quick=None, stored=stored)
