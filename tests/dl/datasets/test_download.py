"""Downloads end whole and checked, or with the reason and nothing on disk."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dl.datasets import download
from dl.datasets.archives import Archive, Progress
from dl.datasets.download import fetch
from dl.errors import DownloadFailed

CONTENT = bytes(range(256)) * 2000
ArchiveOf = Callable[[str, bytes], Archive]
FilesBelow = Callable[[Path], list[str]]


def failure_of(archive: Archive, folder: Path) -> dict[str, Any]:
    with pytest.raises(DownloadFailed) as caught:
        fetch(archive, folder, dataset="tiny")
    assert caught.value.facts["dataset"] == "tiny" and caught.value.facts["url"] == archive.url
    return caught.value.facts


def test_file_arrives_with_progress_when_the_server_answers(
    server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    reports: list[Progress] = []
    archive = archive_of(server.whole("/data.bin", CONTENT), CONTENT)
    path = fetch(archive, tmp_path / "new" / "folder", reports.append)
    assert path.read_bytes() == CONTENT and files_below(tmp_path) == ["new/folder/data.bin"]
    downloaded = [report for report in reports if report.phase == "download"]
    assert len(downloaded) > 1 and downloaded[-1] == Progress("download", len(CONTENT), len(CONTENT))
    assert reports[-1] == Progress("check", len(CONTENT), len(CONTENT))


def test_nothing_is_requested_when_the_file_is_there(server: Any, archive_of: ArchiveOf, tmp_path: Path) -> None:
    archive = archive_of(server.whole("/data.bin", CONTENT), CONTENT)
    (tmp_path / "data.bin").write_bytes(CONTENT)
    assert fetch(archive, tmp_path) == tmp_path / "data.bin"
    assert server.requests == []


@pytest.mark.parametrize("damaged", [b"", CONTENT[:-1], CONTENT[:-1] + b"!"])
def test_file_is_downloaded_again_when_damaged(
    damaged: bytes, server: Any, archive_of: ArchiveOf, tmp_path: Path
) -> None:
    archive = archive_of(server.whole("/data.bin", CONTENT), CONTENT)
    (tmp_path / "data.bin").write_bytes(damaged)
    assert fetch(archive, tmp_path).read_bytes() == CONTENT


def test_reason_is_http_when_the_file_is_not_on_the_server(
    server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    facts = failure_of(archive_of(server.address + "/data.bin", CONTENT), tmp_path)
    assert (facts["reason"], facts["detail"]) == ("http", "404") and files_below(tmp_path) == []


def test_reason_is_network_when_the_connection_is_refused(
    archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    facts = failure_of(archive_of("http://127.0.0.1:9/data.bin", CONTENT), tmp_path)
    assert facts["reason"] == "network" and files_below(tmp_path) == []


def test_reason_is_network_when_the_name_does_not_exist(archive_of: ArchiveOf, tmp_path: Path) -> None:
    assert failure_of(archive_of("http://nowhere.invalid/data.bin", CONTENT), tmp_path)["reason"] == "network"


def test_reason_is_cut_off_when_the_server_hangs_up(
    server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    url = server.announced("/data.bin", CONTENT[:100_000], len(CONTENT))
    facts = failure_of(archive_of(url, CONTENT), tmp_path)
    assert facts["reason"] == "cut_off" and files_below(tmp_path) == []


def test_reason_is_cut_off_when_the_server_falls_silent(
    server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_SECONDS", 0.2)
    url = server.stalled("/data.bin", CONTENT[:100_000], len(CONTENT))
    facts = failure_of(archive_of(url, CONTENT), tmp_path)
    assert facts["reason"] == "cut_off" and files_below(tmp_path) == []


@pytest.mark.parametrize("other", [CONTENT[:-1] + b"!", b"<html>log in first</html>", CONTENT + b"more"])
def test_reason_is_hash_when_the_server_sends_something_else(
    other: bytes, server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    facts = failure_of(archive_of(server.whole("/data.bin", other), CONTENT), tmp_path)
    assert facts["reason"] == "hash" and files_below(tmp_path) == []


def test_download_ends_when_the_server_never_does(
    server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    facts = failure_of(archive_of(server.dripping("/data.bin", 10**12), CONTENT[:5000]), tmp_path)
    assert facts["reason"] == "hash" and files_below(tmp_path) == []


def test_damaged_file_stays_when_it_cannot_be_replaced(server: Any, archive_of: ArchiveOf, tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"old")
    failure_of(archive_of(server.address + "/data.bin", CONTENT), tmp_path)
    assert (tmp_path / "data.bin").read_bytes() == b"old"


def test_reason_is_not_writable_when_the_folder_is_a_file(server: Any, archive_of: ArchiveOf, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    archive = archive_of(server.whole("/data.bin", CONTENT), CONTENT)
    assert failure_of(archive, tmp_path / "file" / "downloads")["reason"] == "not_writable"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file size to play a full disk with")
def test_reason_is_disk_full_when_no_more_can_be_written(
    server: Any, archive_of: ArchiveOf, tmp_path: Path, files_below: FilesBelow
) -> None:
    archive = archive_of(server.whole("/data.bin", CONTENT), CONTENT)
    program = f"""
        import resource
        from pathlib import Path
        from dl.datasets.archives import Archive
        from dl.datasets.download import fetch
        from dl.errors import DownloadFailed
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            fetch({archive!r}, Path({str(tmp_path)!r}))
        except DownloadFailed as error:
            print(error.facts["reason"])
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "disk_full\n" and files_below(tmp_path) == []
