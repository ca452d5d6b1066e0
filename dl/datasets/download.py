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
    if archive.is_sound(kept := archive.place(folder), report):
        return kept
    path = folder / archive.name
    if path != kept and archive.is_sound(path, report):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with temporary(path) as arriving:
            download(archive.url, arriving, report, dataset=dataset, expected=archive.bytes)
            if not archive.is_sound(arriving, report):
                raise _failure(archive.url, dataset, "hash", archive.name)
            replace(arriving, path)
    except OSError as error:
        raise storage_failure(error, dataset=dataset, url=archive.url) from error
    return path


def storage_failure(error: OSError, *, dataset: str, url: str) -> DownloadFailed:
    """What to say when our own disk, not the network, refused."""
    reason = "disk_full" if error.errno in DISK_FULL else "not_writable"
    return DownloadFailed(dataset=dataset, url=url, reason=reason, detail=str(error))


def download(url: str, path: Path, report: Report = ignore, *, dataset: str = "", expected: int = 0) -> None:
    """What lies at an address, of so many bytes where they are known; nothing is kept of a part."""
    received = 0
    with _connect(url, dataset) as response, path.open("wb") as file:
        announced = expected or None if response.length is None else response.length
        while block := _read(response, url, dataset):
            file.write(block)
            received += len(block)
            report(Progress("download", received, announced))
            if expected and received > 2 * expected:  # not what was asked for, and it may never end
                raise _failure(url, dataset, "hash", path.name)
    if announced and received < announced:
        raise _failure(url, dataset, "cut_off", f"{received} of {announced} bytes")


def _connect(url: str, dataset: str) -> http.client.HTTPResponse:
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "Livefit"})
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
        return response
    except urllib.error.HTTPError as error:
        error.close()
        raise _failure(url, dataset, "http", str(error.code)) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _failure(url, dataset, "network", str(getattr(error, "reason", error))) from error


def _read(response: http.client.HTTPResponse, url: str, dataset: str) -> bytes:
    try:
        return response.read1(BLOCK_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise _failure(url, dataset, "cut_off", str(error)) from error


def _failure(url: str, dataset: str, reason: str, detail: str) -> DownloadFailed:
    return DownloadFailed(dataset=dataset, url=url, reason=reason, detail=detail)
