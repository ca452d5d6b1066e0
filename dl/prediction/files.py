"""A whole file of rows, given back with what a network answers to each; read and written in blocks, at any size."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Text
from dl.datasets.description import Dataset
from dl.datasets.tables.database import connect, identifier, literal
from dl.datasets.tables.dialect import Dialect, clean_names
from dl.datasets.tables.files import fetch_source, find_dialect, open_source
from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.readings import manner_of_numbers
from dl.datasets.tables.sources import RowSource
from dl.datasets.tables.table import ROWS, Table
from dl.datasets.tables.writing import part_of, write_words
from dl.errors import MissingColumns, TableUnreadable
from dl.prediction.answers import probabilities
from dl.prediction.file_columns import FileColumn, as_it_stands
from dl.preparation import Preparation
from dl.preparation.encoding import encoded_block
from dl.preparation.rows import BLOCK_ROWS
from dl.profiles.rows import MARK, csv_lines, csv_text
from dl.spreadsheet import FORMULA_STARTS, without_formulas

MEMORY = "300MB"
MANNER_ROWS = 300  # from which is told how numbers are written
# Of encoded inputs: (rows, outputs), as they are told.
Answer = Callable[[dict[str, NDArray[Any]]], NDArray[np.float32]]
Samples = Sequence[Sequence[str | None]]  # of each column the first values
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
    without names they stand in the run's order. All of them come back as they stood. What a column holds, and how
    "not known" is spelled in it, is as in the run's `dataset`; how the file itself is written is found anew.
    `staging` is an empty folder for what lies between. Raises TableUnreadable, MissingColumns.
    """
    rows = _read(source, dataset, preparation, staging)
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(MARK)
        for number, text in _answered(rows, dataset, preparation, answer):
            file.write(text)
            report(number, rows.table.rows)
    return rows.rejected


@dataclass(frozen=True)
class _FileRows:
    """The rows as they stand, and SQL of what the network takes in of them, by the run's fields."""

    table: Table
    values: Mapping[str, str]
    rejected: list[LeftOut]


def _read(source: Path, dataset: Dataset, preparation: Preparation, staging: Path) -> _FileRows:
    opened, samples, dialect, rejected = _staged(source, dataset, preparation, staging)
    table = Table(staging, dataset.model_copy(update={"columns": _columns(opened, dataset)}))
    if not table.rows:
        raise TableUnreadable(file=source.name, reason="no_rows")
    entering = _entering(dataset, preparation)
    with table.connect() as connection:
        values = {
            entering[each.column.name]: each.value(connection, dialect, opened.file)
            for each in _file_columns(table, samples, preparation)
            if each.column.name in entering
        }
    return _FileRows(table, values, rejected)


def _staged(
    source: Path, dataset: Dataset, preparation: Preparation, staging: Path
) -> tuple[RowSource, Samples, Dialect, list[LeftOut]]:
    """The rows as words in `staging`; how they are written, as far as the run's file and this one tell."""
    path = fetch_source(str(source), staging)
    usual = dataset.origin.dialect if dataset.origin else Dialect()
    dialect = find_dialect(path, usual.model_dump(include={"decimal", "thousands", "day_first"}))
    with connect(staging, path.parent, memory=MEMORY) as connection:
        opened = _named(open_source(path, dialect, staging), dialect, dataset)
        _demand_columns(opened, dataset, preparation)
        samples = opened.sample(connection)
        write_words(connection, opened, staging / ROWS)
        rejected = opened.rejected(connection)
    part_of(staging / ROWS, 0).replace(staging / ROWS)
    return opened, samples, manner_of_numbers([values[:MANNER_ROWS] for values in samples], dialect), rejected


def _file_columns(table: Table, samples: Samples, preparation: Preparation) -> list[FileColumn]:
    levels = {category.name: category.levels for category in preparation.categories}
    return [
        FileColumn(table, column, levels.get(column.name, ()), values)
        for column, values in zip(table.description.columns, samples, strict=True)
    ]


def _entering(dataset: Dataset, preparation: Preparation) -> dict[str, str]:
    """The run's fields by the names of the columns that the network takes in."""
    fields = {field for field, _ in preparation.fields}
    return {column.name: column.field for column in dataset.columns if column.field in fields}


def _named(opened: RowSource, dialect: Dialect, dataset: Dataset) -> RowSource:
    """Where the file has no names, by place: all columns of the run, or all but its target."""
    names = [column.name for column in dataset.columns]
    others = [column.name for column in dataset.columns if column.role != "target"]
    for known in (names, others):
        if not dialect.header and len(opened.names) == len(known):
            return replace(opened, names=tuple(known))
    return opened


def _demand_columns(opened: RowSource, dataset: Dataset, preparation: Preparation) -> None:
    if missing := [name for name in _entering(dataset, preparation) if name not in opened.names]:
        raise MissingColumns(file=opened.file, missing=missing, given=list(opened.names))


def _columns(opened: RowSource, dataset: Dataset) -> tuple[AnyColumn, ...]:
    """Of the file, in its order; what the run does not know is words."""
    known = {column.name: column for column in dataset.columns}
    return tuple(
        known.get(name, Text(name=name, role="ignored")).model_copy(update={"field": field})
        for field, name in zip(opened.fields, opened.names, strict=True)
    )


def _answered(rows: _FileRows, dataset: Dataset, preparation: Preparation, answer: Answer) -> Iterator[tuple[int, str]]:
    """How many rows are done, and their text; the heading comes with the first."""
    columns, done = rows.table.description.columns, 0
    for words, values in _blocks(rows):
        said = _told(answer(encoded_block(values, preparation)), dataset)
        head = [csv_text([_headings([column.name for column in columns], list(said))])] if not done else []
        done += values.num_rows
        yield done, "".join([*head, csv_lines(zip(*words, *said.values(), strict=True))])


def _blocks(rows: _FileRows) -> Iterator[tuple[list[list[str | None]], pa.RecordBatch]]:
    """The words of each column of the file, safe for a spreadsheet, and what the network takes in."""
    words = [rows.table.value(as_it_stands(column)) for column in rows.table.description.columns]
    selected = [f"{value} AS w{number}" for number, value in enumerate(words)]
    selected += [f"{value} AS {identifier(f'in {field}')}" for field, value in rows.values.items()]
    query = f"SELECT {', '.join(selected)} FROM read_parquet({literal(str(rows.table.file))})"
    with rows.table.connect() as connection:
        for block in connection.sql(query).to_arrow_reader(BLOCK_ROWS):
            arrays = block.columns
            values = pa.RecordBatch.from_arrays(arrays[len(words) :], names=list(rows.values))
            yield [_safe(array) for array in arrays[: len(words)]], values


def _safe(words: pa.Array) -> list[str | None]:
    """Looked at one by one only where some of them could be formulas: a file has millions."""
    listed = words.to_pylist()
    if not pc.any(pc.match_substring_regex(words, f"^[{re.escape(''.join(FORMULA_STARTS))}]")).as_py():
        return listed
    return [word and without_formulas(word) for word in listed]


def _headings(names: list[str], added: list[str]) -> list[str]:
    """What is added keeps its name; a column of the file that is called so gets a number."""
    cleaned = clean_names([*added, *names], len(added) + len(names))
    return [*cleaned[len(added) :], *added]


def _told(outputs: NDArray[np.float32], dataset: Dataset) -> Mapping[str, Sequence[Any]]:
    """By the headings that are added: of classes the likeliest, its probability and that of each."""
    if not dataset.classes:
        return {"predicted": outputs[:, 0].tolist()}
    shares = probabilities(outputs)
    best = shares.argmax(axis=1)
    classes = [without_formulas(name) for name in dataset.classes]
    names = [classes[place] for place in best.tolist()]
    every = {f"probability {name}": np.round(shares[:, at], 6).tolist() for at, name in enumerate(dataset.classes)}
    return {"predicted": names, "confidence": np.round(shares.max(axis=1), 6).tolist(), **every}
