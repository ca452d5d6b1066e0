"""Imports as jobs, so that no page waits for one and none dies with a page. They speak through files."""

import contextlib
import re
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.datasets.archives import Phase
from dl.datasets.download import storage_failure
from dl.datasets.store import DatasetStore
from dl.datasets.tables.request import TableRequest, is_arrival
from dl.errors import DatasetExists
from dl.files import read_model, sweep_temporaries, write_model
from dl.jobs.executor import Executor, Job
from dl.jobs.local import LocalExecutor
from dl.workspace import Workspace

# A living job writes its status several times a second.
STALE_SECONDS = 10
STOP_SECONDS = 6


class ImportStatus(BaseModel):
    """`code` and `facts` name the error of a failed import: that of a DatasetError, or import_interrupted, _crashed."""

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


def request_path(workspace: Workspace, dataset_id: str) -> Path:
    """What the job that brings a table is told; there is none for what is built in."""
    return workspace.datasets / ".imports" / f"{dataset_id}.request.json"


def read_request(workspace: Workspace, dataset_id: str) -> TableRequest | None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", dataset_id):  # names come from addresses too
        return None
    return read_model(request_path(workspace, dataset_id), TableRequest)


def write_status(workspace: Workspace, status: ImportStatus) -> None:
    stamped = status.model_copy(update={"updated": time.time()})
    path = status_path(workspace, status.dataset)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_model(path, stamped)


def interrupted(dataset_id: str, **facts: Any) -> ImportStatus:
    facts = {"dataset": dataset_id, **facts}
    return ImportStatus(dataset=dataset_id, state="failed", code="import_interrupted", facts=facts)


def sweep_import(workspace: Workspace, own: bool = False) -> None:
    """Remove what dead imports, or this one, have begun to write."""
    sweep_temporaries(workspace.datasets, workspace.downloads, workspace.datasets / ".imports", own=own)


class ImportJobs:
    """One a server, with which its jobs end."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._store = workspace, DatasetStore(workspace)
        self._executor: Executor = LocalExecutor(workspace)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, dataset_id: str) -> None:
        """Harmless when the import is running already, and when the data set is here; DownloadFailed on a full disk."""
        self._store.describe(dataset_id)  # raises UnknownDataset
        with self._lock:
            self._start(dataset_id)

    def start_fetch(self, arrival_id: str) -> None:
        """Downloads or unpacks what was given; harmless when that runs already. DownloadFailed on a full disk."""
        with self._lock:
            self._start(arrival_id)

    def start_table(self, request: TableRequest) -> None:
        """Brings a file of rows under a new id; DatasetExists where that is taken, DownloadFailed on a full disk."""
        with self._lock:
            if self._store.is_here(request.id) or self._is_running(request.id):
                raise DatasetExists(dataset=request.id)
            path = request_path(self._workspace, request.id)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_model(path, request)
            except OSError as error:
                raise storage_failure(error, dataset=request.id, url="") from error
            self._start(request.id)

    def cancel(self, dataset_id: str) -> None:
        """The import ends as interrupted, and nothing of it stays; harmless when none runs."""
        with self._lock:
            job = self._jobs.get(dataset_id)
        if job is not None and job.exit_code is None:
            job.stop(STOP_SECONDS)

    def _is_running(self, dataset_id: str) -> bool:
        job = self._jobs.get(dataset_id)
        return job is not None and job.exit_code is None

    def _start(self, dataset_id: str) -> None:
        if self._is_running(dataset_id):
            return
        log = status_path(self._workspace, dataset_id).with_suffix(".log")
        try:
            write_status(self._workspace, ImportStatus(dataset=dataset_id, state="running"))
            self._jobs[dataset_id] = self._executor.start("dl.jobs.importer", dataset_id, log=log)
        except OSError as error:
            raise storage_failure(error, dataset=dataset_id, url="") from error

    def status(self, dataset_id: str) -> ImportStatus | None:
        """None when no import of it was ever asked for."""
        if not is_arrival(dataset_id) and read_request(self._workspace, dataset_id) is None:
            self._store.describe(dataset_id)  # raises UnknownDataset
        with self._lock:
            job = self._jobs.get(dataset_id)
            ended = job is not None and job.exit_code is not None  # looked at first: its last word is then on disk
            status = read_model(status_path(self._workspace, dataset_id), ImportStatus)
            if job is None:
                return interrupted(dataset_id) if status and _is_stale(status) else status
            if ended and (status is None or status.state == "running"):
                return self._bury(dataset_id, job)
            return status

    def stop_all(self) -> None:
        """Ask all to end, then make them; harmless when none runs."""
        with self._lock:
            running = {name: job for name, job in self._jobs.items() if job.exit_code is None}
            for job in running.values():
                job.let_go()
            for dataset_id, job in running.items():
                job.stop(STOP_SECONDS)
                self._bury(dataset_id, job)

    def _bury(self, dataset_id: str, job: Job) -> ImportStatus:
        """A job that died without its last word is given one, and its half-written files are removed."""
        sweep_import(self._workspace)
        status = interrupted(dataset_id, exit_code=job.exit_code)
        with contextlib.suppress(OSError):  # the disk may be full; the next look finds the same
            write_status(self._workspace, status)
        return status


def _is_stale(status: ImportStatus) -> bool:
    return status.state == "running" and time.time() - status.updated > STALE_SECONDS
