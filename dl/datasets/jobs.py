"""Imports in child processes, so that no page waits for one and none dies with a page. They speak through files."""

import contextlib
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

import dl
from dl.datasets.archives import Phase
from dl.datasets.catalogue import builtin
from dl.datasets.download import storage_failure
from dl.datasets.temporary import discard, remove_leftovers
from dl.files import write_json
from dl.workspace import Workspace

# A living job writes its status several times a second.
STALE_SECONDS = 10
STOP_SECONDS = 6


class ImportStatus(BaseModel):
    """`code` and `facts` name the error of a failed import: download_failed, import_interrupted or import_crashed."""

    model_config = ConfigDict(frozen=True)

    dataset: str
    state: Literal["running", "done", "failed"]
    phase: Phase = "download"
    done: int = 0
    total: int | None = None
    code: str | None = None
    facts: dict[str, Any] = {}
    updated: float = 0


def status_path(workspace: Workspace, dataset_id: str) -> Path:
    return workspace.datasets / ".imports" / f"{dataset_id}.json"


def write_status(workspace: Workspace, status: ImportStatus) -> None:
    stamped = status.model_copy(update={"updated": time.time()})
    write_json(status_path(workspace, status.dataset), stamped.model_dump(mode="json"))


def interrupted(dataset_id: str, **facts: Any) -> ImportStatus:
    facts = {"dataset": dataset_id, **facts}
    return ImportStatus(dataset=dataset_id, state="failed", code="import_interrupted", facts=facts)


class ImportJobs:
    """One a server. Its children end when their stdin closes, so none outlives it, however it ends."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def start(self, dataset_id: str) -> None:
        """Harmless when the import is running already, and when the data set is here; DownloadFailed on a full disk."""
        builtin(dataset_id)  # raises UnknownDataset
        with self._lock:
            child = self._children.get(dataset_id)
            if child is not None and child.poll() is None:
                return
            try:
                self._children[dataset_id] = self._spawn(dataset_id)
            except OSError as error:
                raise storage_failure(error, dataset=dataset_id, url="") from error

    def status(self, dataset_id: str) -> ImportStatus | None:
        """None when no import of it was ever asked for."""
        builtin(dataset_id)
        with self._lock:
            child = self._children.get(dataset_id)
            ended = child is not None and child.poll() is not None  # looked at first: its last word is then on disk
            status = self._read(dataset_id)
            if child is None:
                return interrupted(dataset_id) if status and _is_stale(status) else status
            if ended and (status is None or status.state == "running"):
                return self._bury(dataset_id, child)
            return status

    def stop_all(self) -> None:
        """Ask all to end, then make them; harmless when none runs."""
        with self._lock:
            running = {name: child for name, child in self._children.items() if child.poll() is None}
            for child in running.values():
                _close_stdin(child)
            for dataset_id, child in running.items():
                _wait_or_kill(child)
                self._bury(dataset_id, child)

    def _spawn(self, dataset_id: str) -> subprocess.Popen[bytes]:
        path = status_path(self._workspace, dataset_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_status(self._workspace, ImportStatus(dataset=dataset_id, state="running"))
        home, downloads = (str(folder.absolute()) for folder in (self._workspace.home, self._workspace.downloads))
        command = [sys.executable, "-m", "dl.datasets.job", dataset_id, "--home", home, "--downloads", downloads]
        with path.with_suffix(".log").open("wb") as log:
            return subprocess.Popen(
                command,
                cwd=Path(dl.__file__).parent.parent,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def _read(self, dataset_id: str) -> ImportStatus | None:
        try:
            return ImportStatus.model_validate_json(status_path(self._workspace, dataset_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def _bury(self, dataset_id: str, child: subprocess.Popen[bytes]) -> ImportStatus:
        """A child that died without its last word is given one, and its half-written files are removed."""
        for folder in (self._workspace.datasets, self._workspace.downloads):
            remove_leftovers(folder, child.pid)
        for rest in status_path(self._workspace, dataset_id).parent.glob(f".*.{child.pid}.tmp"):
            discard(rest)
        status = interrupted(dataset_id, exit_code=child.returncode)
        with contextlib.suppress(OSError):  # the disk may be full; the next look finds the same
            write_status(self._workspace, status)
        return status


def _is_stale(status: ImportStatus) -> bool:
    return status.state == "running" and time.time() - status.updated > STALE_SECONDS


def _close_stdin(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        child.stdin.close()


def _wait_or_kill(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
