"""One archive, from the network to the downloads folder: whole and checked, or an error and nothing on disk."""

import errno
import http.client
import urllib.error
import urllib.request
from pathlib import Path

from dl.datasets.archives import Archive, Progress, Report, ignore
from dl.errors import DownloadFailed
from dl.files import replace, temporary

TIMEOUT_SECONDS = 30
BLOCK_BYTES = 1 << 16
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def fetch(archive: Archive, folder: Path, report: Report = ignore, *, dataset: str = "") -> Path:
    """The archive in `folder`; downloaded only when it is not there or damaged."""
    path = folder / archive.name
    if archive.is_sound(path, report):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary(path) as arriving:
            _download(archive, arriving, report, dataset)
            if not archive.is_sound(arriving, report):
                raise _failure(archive, dataset, "hash", archive.name)
            replace(arriving, path)
    except OSError as error:
        raise storage_failure(error, dataset=dataset, url=archive.url) from error
    return path


def storage_failure(error: OSError, *, dataset: str, url: str) -> DownloadFailed:
    """What to say when our own disk, not the network, refused."""
    reason = "disk_full" if error.errno in DISK_FULL else "not_writable"
    return DownloadFailed(dataset=dataset, url=url, reason=reason, detail=str(error))


def _download(archive: Archive, path: Path, report: Report, dataset: str) -> None:
    received = 0
    with _connect(archive, dataset) as response, path.open("wb") as file:
        expected = archive.bytes if response.length is None else response.length
        while block := _read(response, archive, dataset):
            file.write(block)
            received += len(block)
            report(Progress("download", received, expected))
            if received > 2 * archive.bytes:  # not what was asked for, and it may never end
                raise _failure(archive, dataset, "hash", archive.name)
    if received < expected:
        raise _failure(archive, dataset, "cut_off", f"{received} of {expected} bytes")


def _connect(archive: Archive, dataset: str) -> http.client.HTTPResponse:
    request = urllib.request.Request(archive.url, headers={"User-Agent": "Livefit"})
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
        return response
    except urllib.error.HTTPError as error:
        error.close()
        raise _failure(archive, dataset, "http", str(error.code)) from error
    except (OSError, http.client.HTTPException) as error:
        raise _failure(archive, dataset, "network", str(getattr(error, "reason", error))) from error


def _read(response: http.client.HTTPResponse, archive: Archive, dataset: str) -> bytes:
    try:
        return response.read1(BLOCK_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise _failure(archive, dataset, "cut_off", str(error)) from error


def _failure(archive: Archive, dataset: str, reason: str, detail: str) -> DownloadFailed:
    return DownloadFailed(dataset=dataset, url=archive.url, reason=reason, detail=detail)
