"""From an address, a packed file or a folder to rows: whole, or one clear error and nothing left."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dl.datasets import DatasetStore
from dl.datasets.tables.files import fetch_source, find_dialect, format_of
from dl.datasets.tables.request import TableRequest
from dl.errors import DatasetError, DownloadFailed, TableUnreadable, WrongDialect
from dl.workspace import Workspace

ROWS = b"a,y\n" + b"".join(b"%d,%d\n" % (n, n % 2) for n in range(30))
FilesBelow = Callable[[Path], list[str]]


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, ROWS)
    return file.getvalue()


@pytest.mark.parametrize(
    ("path", "content"),
    [("/some.csv?v=1", ROWS), ("/some.csv.gz", gzip.compress(ROWS)), ("/some.zip", zipped("in/some.csv"))],
)
def test_address_is_downloaded_unpacked_and_named_as_the_source(
    path: str, content: bytes, server: Any, workspace: Workspace, files_below: FilesBelow
) -> None:
    address = server.whole(path, content)
    known = DatasetStore(workspace).bring_table(TableRequest(id="some", name="Some", source=address))
    assert (known.rows.total, known.source, known.origin and known.origin.file) == (30, address, address)
    assert files_below(workspace.home) == [f"datasets/some/{name}" for name in FILES]


FILES = ["dataset.json", "rows.parquet", "test_rows.npy"]


def test_nothing_is_left_when_an_address_gives_a_web_page_or_nothing(
    server: Any, workspace: Workspace, files_below: FilesBelow
) -> None:
    page = server.whole("/some.csv", b"<!doctype html>\n<title>Sign in</title>\n" * 30)
    cut = server.announced("/cut.csv", ROWS, 2 * len(ROWS))
    for address, fault, reason in (
        (page, TableUnreadable, "web_page"),
        (cut, DownloadFailed, "cut_off"),
        (f"{server.address}/none.csv", DownloadFailed, "http"),
        ("http://127.0.0.1:1/some.csv", DownloadFailed, "network"),
    ):
        with pytest.raises(DatasetError) as caught:
            DatasetStore(workspace).bring_table(TableRequest(id="some", name="Some", source=address))
        assert (type(caught.value), caught.value.facts["reason"]) == (fault, reason)
    assert files_below(workspace.home) == []


def test_archive_of_several_files_is_refused(tmp_path: Path, staging: Path) -> None:
    (tmp_path / "two.zip").write_bytes(zipped("a.csv", "b.csv"))
    with pytest.raises(TableUnreadable) as caught:
        fetch_source(str(tmp_path / "two.zip"), staging)
    assert (caught.value.facts["reason"], caught.value.facts["files"]) == ("many_files", 2)


def test_format_is_told_by_the_content_and_not_by_the_name(tmp_path: Path) -> None:
    for content, kind in ((b"PAR1", "parquet"), (b'\xef\xbb\xbf {"a": 1}', "json_lines"), (b"a,b", "csv")):
        (tmp_path / "some.txt").write_bytes(content)
        assert format_of(tmp_path / "some.txt") == kind
    assert format_of(tmp_path) == "parquet"


def test_wish_that_no_dialect_has_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(WrongDialect) as caught:
        find_dialect(tmp_path / "none.csv", {"delimiter": "too long"})
    assert caught.value.facts == {"field": "delimiter", "given": "too long"}
