"""A whole file of rows, given back with what a network answers to each; read and written in blocks, at any size."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Text
from dl.datasets.description import Dataset
from dl.datasets.tables.database import connect, identifier
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.files import fetch_source, find_dialect, open_source
from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.readings import manner_of_numbers
from dl.datasets.tables.sources import RowSource
from dl.datasets.tables.table import ROWS, Table
from dl.datasets.tables.writing import part_of, write_rows
from dl.errors import MissingColumns, TableUnreadable
from dl.prediction.answers import probabilities
from dl.preparation import Preparation
from dl.preparation.encoding import encoded_block
from dl.preparation.rows import blocks
from dl.profiles.rows import MARK, csv_text

MEMORY = "300MB"
Answer = Callable[
    [dict[str, NDArray[Any]]], NDArray[np.float32]
]  # of encoded inputs: (rows, outputs), as they are told
Report = Callable[[int, int], None]  # rows done, and all rows


def answer_file(
    source: Path,
    target: Path,
    dataset: Dataset,
    preparation: Preparation,
    answer: Answer,
    staging: Path,
    report: Report,
) -> list[LeftOut]:
    """Write the rows of `source` to `target`, a CSV file, with the answers; which of its rows could not be read.

    Its columns may stand in any order, more of them are kept, and that of the target need not be there; in a file
    without names they stand in the run's order. What a column
    holds, and how "not known" is spelled in it, is as in the run's `dataset`; how the file itself is written is found
    anew. `staging` is an empty folder for what lies between. Raises TableUnreadable, MissingColumns.
    """
    table, rejected = _read(source, dataset, preparation, staging)
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(MARK)
        for number, text in _answered(table, dataset, preparation, answer):
            file.write(text)
            report(number, table.rows)
    return rejected


def _read(source: Path, dataset: Dataset, preparation: Preparation, staging: Path) -> tuple[Table, list[LeftOut]]:
    """The rows as an import reads them, with the columns of the run."""
    path = fetch_source(str(source), staging)
    dialect = find_dialect(path)
    with connect(staging, path.parent, memory=MEMORY) as connection:
        opened = _named(open_source(path, dialect, staging), dialect, dataset)
        dialect = manner_of_numbers(opened.sample(connection, 300), dialect)
        _demand_columns(opened, dataset, preparation)
        write_rows(connection, [opened], staging / ROWS, dialect, lambda done: None)
        rejected = opened.rejected(connection)
    part_of(staging / ROWS, 0).replace(staging / ROWS)
    if not pq.read_metadata(staging / ROWS).num_rows:
        raise TableUnreadable(file=source.name, reason="no_rows")
    return Table(staging, dataset.model_copy(update={"columns": _columns(opened, dataset)})), rejected


def _named(opened: RowSource, dialect: Dialect, dataset: Dataset) -> RowSource:
    """Where the file has no names, by place: all columns of the run, or all but its target."""
    names = [column.name for column in dataset.columns]
    others = [column.name for column in dataset.columns if column.role != "target"]
    for known in (names, others):
        if not dialect.header and len(opened.names) == len(known):
            return replace(opened, names=tuple(known))
    return opened


def _demand_columns(opened: RowSource, dataset: Dataset, preparation: Preparation) -> None:
    entering = {field for field, _ in preparation.fields}
    wanted = [column.name for column in dataset.columns if column.field in entering]
    if missing := [name for name in wanted if name not in opened.names]:
        raise MissingColumns(file=opened.file, missing=missing, given=list(opened.names))


def _columns(opened: RowSource, dataset: Dataset) -> tuple[AnyColumn, ...]:
    """Of the file, in its order; what the run does not know is words."""
    known = {column.name: column for column in dataset.columns}
    return tuple(
        known.get(name, Text(name=name, role="ignored")).model_copy(update={"field": field})
        for field, name in zip(opened.fields, opened.names, strict=True)
    )


def _answered(table: Table, dataset: Dataset, preparation: Preparation, answer: Answer) -> Iterator[tuple[int, str]]:
    """How many rows are done, and their text; the heading comes with the first."""
    columns, done = table.description.columns, 0
    own = {column.name: column.field for column in dataset.columns}  # as the preparation calls them
    with table.connect() as connection:
        words = _words(connection, table)
        for block in blocks(connection, table, [column for column in columns if column.name in own]):
            fields = {own[column.name]: block.column(column.field) for column in columns if column.name in own}
            inputs = encoded_block(pa.RecordBatch.from_arrays(list(fields.values()), names=list(fields)), preparation)
            lines = words(block.num_rows)
            said = _told(answer(inputs), dataset)
            head = [csv_text([[*(column.name for column in columns), *said]])] if not done else []
            done += block.num_rows
            rows = [[*line, *told] for line, told in zip(lines, zip(*said.values(), strict=True), strict=True)]
            yield done, "".join([*head, csv_text(rows)])


def _words(connection: duckdb.DuckDBPyConnection, table: Table) -> Callable[[int], Sequence[Sequence[Any]]]:
    """The next so many rows as they stand in the file."""
    fields = ", ".join(identifier(column.field) for column in table.description.columns)
    rows = connection.cursor().execute(f"SELECT {fields} FROM {table.relation()}")
    return lambda count: rows.fetchmany(count)


def _told(outputs: NDArray[np.float32], dataset: Dataset) -> Mapping[str, Sequence[Any]]:
    """By the headings that are added: of classes the likeliest, its probability and that of each."""
    if not dataset.classes:
        return {"predicted": outputs[:, 0].tolist()}
    shares = probabilities(outputs)
    best = shares.argmax(axis=1)
    names = [dataset.classes[place] for place in best.tolist()]
    every = {f"probability {name}": np.round(shares[:, at], 6).tolist() for at, name in enumerate(dataset.classes)}
    return {"predicted": names, "confidence": np.round(shares.max(axis=1), 6).tolist(), **every}
