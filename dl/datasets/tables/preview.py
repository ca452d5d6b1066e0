"""A first look at a file of rows, before anything is imported: how it is written, and what its first rows hold."""

from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from dl.datasets.tables.csv_files import HEAD_BYTES, read_head
from dl.datasets.tables.database import connect
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.files import fetch_source, find_dialect, open_source
from dl.datasets.tables.judging import Facts, likely_columns, likely_target
from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.readings import Holds, Reading, guess, manner_of_numbers
from dl.datasets.tables.sources import RowSource
from dl.errors import TableUnreadable

SHOWN_ROWS = 50
LOOKED_AT = 2_000  # rows of which kinds are guessed
_STORED = {"DOUBLE": Reading("number"), "TIMESTAMP": Reading("date")}


@dataclass(frozen=True)
class Preview:
    """`rows` (SHOWN_ROWS at most) are words, None where nothing stands; `left_out` are the bad ones among the first.

    `target` is the name of the column that is likely to be predicted, by what is seen of it; empty where there is none.
    """

    dialect: Dialect
    names: tuple[str, ...]
    holds: tuple[Holds, ...]
    rows: tuple[tuple[str | None, ...], ...]
    sheets: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    target: str = ""


def preview(source: str | Path, **wishes: Any) -> Preview:
    """Of a file or folder on this machine; `wishes` are fields of the dialect that are known better.

    Raises TableUnreadable, WrongDialect.
    """
    with TemporaryDirectory(prefix="livefit-") as folder:
        staging = Path(folder)
        path = fetch_source(str(source), staging)
        dialect = find_dialect(path, wishes)
        rows = open_source(_head(path, dialect, staging), dialect, staging)
        try:
            return _looked_at(path, rows, dialect, wishes, staging)
        except duckdb.Error as error:
            raise TableUnreadable(file=path.name, reason="damaged", detail=str(error)) from error


def _looked_at(path: Path, rows: RowSource, dialect: Dialect, wishes: dict[str, Any], staging: Path) -> Preview:
    with closing(connect(staging)) as connection:
        columns = rows.sample(connection, LOOKED_AT)
        left_out = rows.rejected(connection)
    if not {"decimal", "thousands"} & wishes.keys():
        dialect = manner_of_numbers(columns, dialect)
    stored = rows.stored or ("",) * len(columns)
    readings = [_STORED.get(kind) or guess(values, dialect) for kind, values in zip(stored, columns, strict=True)]
    holds = tuple(reading.holds for reading in readings)
    shown = tuple(islice(zip(*columns, strict=True), SHOWN_ROWS))
    target = _likely_target(rows.names, readings, columns)
    return Preview(dialect, rows.names, holds, shown, _sheets(path, dialect), tuple(left_out), target)


def _likely_target(names: Sequence[str], readings: Sequence[Reading], columns: Sequence[Sequence[str | None]]) -> str:
    facts = [_facts_of(values, reading) for values, reading in zip(columns, readings, strict=True)]
    rows = len(columns[0]) if columns else 0
    place = likely_target(likely_columns(names, readings, facts, rows), facts, rows)
    return "" if place is None else names[place]


def _facts_of(values: Sequence[str | None], reading: Reading) -> Facts:
    known = [value for value in values if value and value.strip()]
    length, blanks = (sum(map(len, known)), sum(" " in value for value in known)) if known else (0, 0)
    facts = Facts(len(known), len(set(known)), length=length / max(len(known), 1), blanks=blanks / max(len(known), 1))
    if reading.holds != "number" or not (numbers := _numbers(known, reading)):
        return facts
    return replace(facts, least=min(numbers), greatest=max(numbers), is_whole=all(map(float.is_integer, numbers)))


def _numbers(words: Sequence[str], reading: Reading) -> list[float]:
    """Those that are finite."""
    found = []
    for word in words:
        bare = word.replace(reading.unit, "") if reading.unit else word
        bare = bare.replace(reading.thousands, "") if reading.thousands else bare
        with suppress(ValueError):
            found.append(float(bare.replace(reading.decimal, ".")))
    return [number for number in found if isfinite(number)]


def _head(path: Path, dialect: Dialect, staging: Path) -> Path:
    """The beginning of a large text, which is enough."""
    if dialect.format not in ("csv", "json_lines") or path.stat().st_size <= HEAD_BYTES:
        return path
    (staging / "head").mkdir()
    head = staging / "head" / path.name
    if dialect.format == "csv":
        head.write_text(read_head(path, dialect.encoding), encoding=dialect.encoding, newline="", errors="replace")
    else:
        with path.open("rb") as whole, head.open("wb") as part:
            part.writelines(islice(whole, LOOKED_AT))
    return head


def _sheets(path: Path, dialect: Dialect) -> tuple[str, ...]:
    if dialect.format != "excel":
        return ()
    from dl.datasets.tables.excel_files import sheets_of

    return tuple(sheets_of(path))
