"""Tables that were given and are not imported yet: `arrivals/<id>/` has what is asked of each and what was uploaded."""

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import Any, BinaryIO

from dl.datasets.archives import Report, ignore
from dl.datasets.download import storage_failure
from dl.datasets.tables.files import at_home, fetch_source, is_packed, is_url
from dl.datasets.tables.request import TableRequest, is_arrival
from dl.errors import DatasetMissing
from dl.files import discard, patiently, read_model, sweep_temporaries, temporary, write_model
from dl.workspace import Workspace

REQUEST, FETCHED = "request.json", "fetched"
KEPT_SECONDS = 7 * 86_400
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")


def read_arrival(workspace: Workspace, id: str) -> TableRequest | None:
    """None where there is none; ids come from addresses."""
    return read_model(workspace.arrivals / id / REQUEST, TableRequest) if is_arrival(id) else None


def begin_upload(workspace: Workspace, name: str, content: BinaryIO) -> TableRequest:
    """The content is copied block by block. Raises DownloadFailed on a full disk."""
    id = _new_id(workspace)
    return _begin(workspace, id, keep_upload(workspace, id, name, content))


def begin(workspace: Workspace, source: str) -> TableRequest:
    """A file or folder on this machine, or an address. Raises DownloadFailed on a full disk."""
    return _begin(workspace, _new_id(workspace), source if is_url(source) else str(at_home(source)))


def keep_upload(workspace: Workspace, id: str, name: str, content: BinaryIO) -> str:
    """Its path, in a folder of its own under a name that is harmless. Raises DownloadFailed on a full disk."""
    folder = workspace.arrivals / id / secrets.token_hex(4)
    try:
        folder.mkdir(parents=True)
        with (folder / safe_name(name)).open("wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
    except OSError as error:
        discard(folder)
        raise storage_failure(error, dataset=id, url="") from error
    return str(folder / safe_name(name))


def safe_name(name: str) -> str:
    """The end of a name that somebody else has chosen, its ending included."""
    return _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .")[-120:] or "table"


def change_arrival(workspace: Workspace, request: TableRequest, **changes: Any) -> TableRequest:
    """As it is on disk by now, changed in these fields alone. Raises DownloadFailed on a full disk."""
    changed = (read_arrival(workspace, request.arrival) or request).model_copy(update=changes)
    folder = workspace.arrivals / request.arrival
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_model(folder / REQUEST, changed)
    except OSError as error:
        raise storage_failure(error, dataset=request.arrival, url="") from error
    return changed


def must_be_fetched(request: TableRequest) -> bool:
    """Whether the file has to be downloaded or unpacked before it can be looked at. Raises TableUnreadable."""
    if request.fetched:
        return not Path(request.fetched).exists()
    return is_url(request.source) or is_packed(Path(request.source))


def fetch_arrival(workspace: Workspace, id: str, report: Report = ignore) -> TableRequest:
    """Downloads and unpacks, whole or not at all. Raises DatasetMissing, TableUnreadable, DownloadFailed."""
    if (request := read_arrival(workspace, id)) is None:
        raise DatasetMissing(dataset=id)
    target = workspace.arrivals / id / FETCHED
    sweep_temporaries(target.parent)
    try:
        with temporary(target) as folder:
            folder.mkdir()
            found = fetch_source(request.source, folder, report, dataset=id)
            discard(target)
            patiently(lambda: folder.rename(target))
    except OSError as error:
        raise storage_failure(error, dataset=id, url=request.source) from error
    return change_arrival(workspace, request, fetched=str(target / found.relative_to(folder)))


def discard_arrival(workspace: Workspace, id: str) -> None:
    """Harmless when it is gone already, or never was."""
    if is_arrival(id):
        discard(workspace.arrivals / id)


def _begin(workspace: Workspace, id: str, source: str) -> TableRequest:
    name = source.split("?")[0].rstrip("/").rsplit("/", 1)[-1] if is_url(source) else Path(source).name
    stem = re.sub(r"(\.[A-Za-z0-9]{1,8}){1,2}$", "", name)[:80] or "table"
    return change_arrival(workspace, TableRequest(id="", name=stem, source=source, arrival=id))


def _new_id(workspace: Workspace) -> str:
    """What was given long ago and never imported is removed meanwhile."""
    for folder in workspace.arrivals.glob("new-*"):
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            discard(folder)
    return f"new-{secrets.token_hex(6)}"
