"""Workbooks (xlsx, xlsm, xlsb, xls, ods): one sheet of values as they were last computed; macros are never run."""

import datetime
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dl.datasets.archives import Progress, Report, ignore
from dl.datasets.tables.dialect import Dialect, clean_names
from dl.datasets.tables.sources import MOST_COLUMNS, RowSource
from dl.datasets.tables.staging import Row, stage
from dl.errors import TableUnreadable

MOST_BYTES = 400_000_000  # of all parts of a workbook unpacked: the reader holds the sheet in memory
MOST_RATIO, FREE_BYTES = 200, 20_000_000
MOST_PARTS = 5_000


def guard(path: Path) -> None:
    """Unpacks all parts and counts real bytes: what an archive says of itself may be a lie. Raises TableUnreadable."""
    if not zipfile.is_zipfile(path):
        return
    allowed = min(MOST_BYTES, FREE_BYTES + MOST_RATIO * path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise TableUnreadable(file=path.name, reason="zip_bomb")
            _count_bytes(archive, allowed, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise TableUnreadable(file=path.name, reason="damaged", detail=str(error)) from error


def _count_bytes(archive: zipfile.ZipFile, allowed: int, path: Path) -> None:
    total = 0
    for part in archive.infolist():
        with archive.open(part) as content:
            while block := content.read(1 << 20):
                total += len(block)
                if total > allowed:
                    reason = "zip_bomb" if allowed < MOST_BYTES else "workbook_too_large"
                    raise TableUnreadable(file=path.name, reason=reason, limit=MOST_BYTES)


def sheets_of(path: Path) -> list[str]:
    """Those that hold cells, in their order."""
    guard(path)
    return [name for name in _workbook(path).sheet_names]


def find_excel_dialect(path: Path, sheet: str = "") -> Dialect:
    """The first sheet with something in it; a header where the first row is all words, each another."""
    guard(path)
    book = _workbook(path)
    sheet = sheet or next((name for name in book.sheet_names if _height(book, name)), book.sheet_names[0])
    first = next(_rows(book, sheet, 0), (1, []))
    words = [value for value in first[1] if value is not None]
    is_header = bool(words) and all(isinstance(value, str) for value in words) and len(set(words)) == len(words)
    return Dialect(format="excel", sheet=sheet, header=is_header, skip=first[0] - 1)


def open_excel(path: Path, dialect: Dialect, staging: Path, report: Report = ignore) -> RowSource:
    """Raises TableUnreadable."""
    guard(path)
    book = _workbook(path)
    sheet = dialect.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        raise TableUnreadable(file=path.name, reason="no_sheet", sheet=sheet, sheets=book.sheet_names)
    rows = _rows(book, sheet, dialect.skip)
    header = next(rows, None) if dialect.header else None
    found = [_words(value) or "" for value in header[1]] if header else []
    width = len(found) or _width(book, sheet)
    if not width:
        raise TableUnreadable(file=path.name, reason="empty")
    if width > MOST_COLUMNS:
        raise TableUnreadable(file=path.name, reason="too_many_columns", columns=width, limit=MOST_COLUMNS)
    return stage(_watched(rows, width, _height(book, sheet), report), clean_names(found, width), staging, path.name, [])


def _workbook(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        is_locked = "assword" in str(error) or "ncrypt" in str(error)
        raise TableUnreadable(
            file=path.name, reason="password" if is_locked else "damaged", detail=str(error)
        ) from error
    if not book.sheet_names:
        raise TableUnreadable(file=path.name, reason="empty")
    return book


def _sheet(book: Any, name: str) -> Any:
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, ValueError) as error:
        raise TableUnreadable(file=name, reason="damaged", detail=str(error)) from error


def _height(book: Any, name: str) -> int:
    return int(_sheet(book, name).height)


def _width(book: Any, name: str) -> int:
    return int(_sheet(book, name).width)


def _rows(book: Any, name: str, skip: int) -> Iterator[tuple[int, list[Any]]]:
    """With their true numbers, from 1; rows in which nothing stands are passed over."""
    for line, values in enumerate(_sheet(book, name).iter_rows(), start=1):
        cells = [None if value == "" else value for value in values]
        if line > skip and any(value is not None for value in cells):
            yield line, cells


def _watched(rows: Iterator[tuple[int, list[Any]]], width: int, total: int, report: Report) -> Iterator[Row]:
    for done, (line, cells) in enumerate(rows):
        if done % 1000 == 0:
            report(Progress("check", done, total))
        values = [_words(value) for value in cells[:width]]
        yield line, values + [None] * (width - len(values))


def _words(value: Any) -> str | None:
    """A cell as it would stand in a CSV file."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value)
