"""A first look at a file of rows, before anything is imported: how it is written, and what its first rows hold."""

from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dl.datasets.tables.csv_files import HEAD_BYTES, read_head
from dl.datasets.tables.database import connect
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.files import fetch_source, find_dialect, open_source
from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.readings import Holds, guess, manner_of_numbers
from dl.datasets.tables.sources import RowSource

SHOWN_ROWS = 50
LOOKED_AT = 2_000  # rows of which kinds are guessed


@dataclass(frozen=True)
class Preview:
    """`rows` (SHOWN_ROWS at most) are words, None where nothing stands; `left_out` are the bad ones among the first."""

    dialect: Dialect
    names: tuple[str, ...]
    holds: tuple[Holds, ...]
    rows: tuple[tuple[str | None, ...], ...]
    sheets: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def preview(source: str | Path, **wishes: Any) -> Preview:
    """Of a file or folder on this machine; `wishes` are fields of the dialect that are known better.

    Raises TableUnreadable, WrongDialect.
    """
    with TemporaryDirectory(prefix="livefit-") as folder:
        staging = Path(folder)
        path = fetch_source(str(source), staging)
        dialect = find_dialect(path, wishes)
        rows = open_source(_head(path, dialect, staging), dialect, staging)
        return _looked_at(path, rows, dialect, wishes, staging)


def _looked_at(path: Path, rows: RowSource, dialect: Dialect, wishes: dict[str, Any], staging: Path) -> Preview:
    with closing(connect(staging)) as connection:
        columns = rows.sample(connection, LOOKED_AT)
        left_out = rows.rejected(connection)
    if not {"decimal", "thousands"} & wishes.keys():
        dialect = manner_of_numbers(columns, dialect)
    kinds = {"DOUBLE": "number", "TIMESTAMP": "date", "": ""}
    stored = rows.stored or ("",) * len(columns)
    holds = [kinds[kind] or guess(values, dialect).holds for kind, values in zip(stored, columns, strict=True)]
    shown = tuple(islice(zip(*columns, strict=True), SHOWN_ROWS))
    return Preview(dialect, rows.names, tuple(holds), shown, _sheets(path, dialect), tuple(left_out))  # type: ignore[arg-type]


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
