"""From what was given, a file, a folder or an address, to rows that can be read."""

import gzip
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from dl.datasets.archives import Progress, Report, ignore
from dl.datasets.download import download
from dl.datasets.tables.dialect import Dialect, Format
from dl.datasets.tables.sources import RowSource
from dl.errors import TableUnreadable

FREE_BYTES, MOST_RATIO = 50_000_000, 100  # what is packed may become so large, or so many times larger
BLOCK_BYTES = 1 << 20
MOST_NAME = 100  # characters of what may be no name at all
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"

WEB_PAGE = (b"<!doctype html", b"<html")
JSON_ENDINGS = (".jsonl", ".ndjson", ".json")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def at_home(source: str) -> Path:
    """With `~` written out, where there is somebody of that name."""
    with suppress(RuntimeError):
        return Path(source).expanduser()
    return Path(source)


def fetch_source(source: str, staging: Path, report: Report = ignore, *, dataset: str = "") -> Path:
    """The file or folder itself, downloaded and unpacked where it must be. Raises TableUnreadable, DownloadFailed."""
    if is_url(source):
        name = source.split("?")[0].rstrip("/").rsplit("/", 1)[-1][:MOST_NAME] or "download"
        path = _own_folder(staging) / name
        download(source, path, report, dataset=dataset)
    else:
        path = at_home(source)
    if not _is_there(path):
        raise TableUnreadable(file=path.name[:MOST_NAME], reason="no_file")
    return path if path.is_dir() else unpacked(path, staging, report)


def _is_there(path: Path) -> bool:
    """A name that no disk can hold is none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_packed(path: Path) -> bool:
    """A .gz or .zip around the file, whatever it is called; a workbook is none. Raises TableUnreadable (no_file)."""
    if not _is_there(path):
        raise TableUnreadable(file=path.name[:MOST_NAME], reason="no_file")
    head = b"" if path.is_dir() else _head(path)
    return head.startswith(GZIP) or (head.startswith(ZIP) and not _is_workbook(path))


def unpacked(path: Path, staging: Path, report: Report = ignore) -> Path:
    """What a .gz, or a .zip of one file, holds. Raises TableUnreadable (damaged, zip_bomb, many_files)."""
    head = _head(path)
    try:
        if head.startswith(GZIP):
            with gzip.open(path) as content:
                return _unpack(content, _own_folder(staging) / path.name.removesuffix(".gz"), path, report)
        if head.startswith(ZIP) and not _is_workbook(path):
            with zipfile.ZipFile(path) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if len(members) != 1:
                    raise TableUnreadable(file=path.name, reason="many_files", files=len(members))
                with archive.open(members[0]) as member:
                    return _unpack(member, _own_folder(staging) / Path(members[0].filename).name, path, report)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise TableUnreadable(file=path.name, reason="damaged", detail=str(error)) from error
    return path


def _unpack(content: _Readable, target: Path, packed: Path, report: Report) -> Path:
    allowed, done = FREE_BYTES + MOST_RATIO * packed.stat().st_size, 0
    with target.open("wb") as file:
        while block := content.read(BLOCK_BYTES):
            file.write(block)
            done += len(block)
            report(Progress("check", done, None))
            if done > allowed:
                raise TableUnreadable(file=packed.name, reason="zip_bomb")
    return target


def _own_folder(staging: Path) -> Path:
    folder = staging / f"files-{len(list(staging.iterdir()))}"
    folder.mkdir()
    return folder


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise TableUnreadable(file=path.name, reason="no_file", detail=str(error)) from error


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:10_000])
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower().startswith((".xls", ".ods"))
    return any(name.startswith("xl/") for name in names) or "content.xml" in names


def format_of(path: Path) -> Format:
    """By what stands at the beginning, then by the name. Raises TableUnreadable."""
    if path.is_dir():
        return "parquet"
    head = _head(path)
    if head.startswith(b"PAR1") or path.suffix.lower() == ".parquet":
        return "parquet"
    if head.startswith((ZIP, b"\xd0\xcf\x11\xe0")):
        return "excel"
    if head.lstrip().lower().startswith(WEB_PAGE):
        raise TableUnreadable(file=path.name, reason="web_page")
    is_object = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return "json_lines" if is_object or path.suffix.lower() in JSON_ENDINGS else "csv"


def find_dialect(path: Path, wishes: dict[str, object] | None = None) -> Dialect:
    """How the file is written, with what somebody knows better. Raises TableUnreadable, WrongDialect."""
    from pydantic import ValidationError

    from dl.errors import WrongDialect

    wishes = dict(wishes or {})
    try:
        Dialect().changed(wishes)
        return _found(path, wishes).changed(wishes)
    except ValidationError as error:
        fault = error.errors()[0]
        raise WrongDialect(field=str(fault["loc"][0]), given=str(fault["input"])) from error


def _found(path: Path, wishes: dict[str, object]) -> Dialect:
    kind = wishes.get("format") or format_of(path)
    if kind == "excel":
        from dl.datasets.tables.excel_files import find_excel_dialect

        return find_excel_dialect(path, str(wishes.get("sheet", "")))
    if kind == "csv":
        from dl.datasets.tables.csv_files import find_csv_dialect

        return find_csv_dialect(path, wishes)
    return Dialect().changed({"format": kind})


def open_source(path: Path, dialect: Dialect, staging: Path, report: Report = ignore) -> RowSource:
    """Raises TableUnreadable."""
    if dialect.format == "parquet":
        from dl.datasets.tables.parquet_files import open_parquet

        return open_parquet(path, staging)
    return _reader(dialect.format)(path, dialect, staging, report)


def _reader(kind: Format) -> Callable[[Path, Dialect, Path, Report], RowSource]:
    if kind == "excel":
        from dl.datasets.tables.excel_files import open_excel

        return open_excel
    if kind == "json_lines":
        from dl.datasets.tables.json_files import open_json_lines

        return open_json_lines
    from dl.datasets.tables.csv_files import open_csv

    return open_csv
