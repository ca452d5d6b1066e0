"""Profiles as jobs, so that no page waits for one and none dies with a page. They speak through files."""

import contextlib
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.datasets.tables.table import Table
from dl.files import read_model, sweep_temporaries, write_model
from dl.jobs.executor import Executor, Job
from dl.jobs.local import LocalExecutor
from dl.profiles.kept import FOLDER, kept_profile, path_of
from dl.workspace import Workspace

STATUS = "status.json"
STOP_SECONDS = 3.0


class ProfilingStatus(BaseModel):
    """`done` of `total` rows have been read. `code` and `facts` name the error of one that failed."""

    model_config = ConfigDict(frozen=True)

    state: Literal["running", "done", "failed"]
    done: int = 0
    total: int = 0
    code: str | None = None
    facts: dict[str, Any] = {}
    updated: float = 0


def write_status(folder: Path, status: ProfilingStatus) -> None:
    """A full disk or a read-only folder is no reason to end: the profile is lost then, and will be found again."""
    with contextlib.suppress(OSError):
        (folder / FOLDER).mkdir(exist_ok=True)
        write_model(folder / FOLDER / STATUS, status.model_copy(update={"updated": time.time()}))


def interrupted(folder: Path, **facts: Any) -> ProfilingStatus:
    return ProfilingStatus(state="failed", code="profile_interrupted", facts={"dataset": folder.name, **facts})


class ProfilingJobs:
    """One a server, with which its jobs end. What they find lies in `kept_profile(table)`, better every second."""

    def __init__(self, workspace: Workspace) -> None:
        self._executor: Executor = LocalExecutor(workspace)
        self._jobs: dict[Path, tuple[Job, Path]] = {}
        self._lock = threading.Lock()

    def start(self, table: Table) -> None:
        """Harmless when it runs already or the exact profile is here; one of an older description ends.

        Raises OSError when the disk takes no log.
        """
        with self._lock:
            job, wanted = self._jobs.get(table.folder, (None, None))
            if job and job.exit_code is None and wanted == path_of(table):
                return
            self._end(table.folder)
            if not ((kept := kept_profile(table)) and kept.is_exact):
                log = table.folder / FOLDER / "log.txt"
                started = self._executor.start("dl.jobs.profiler", str(table.folder), log=log)
                self._jobs[table.folder] = started, path_of(table)

    def status(self, table: Table) -> ProfilingStatus | None:
        """None when no profile of it was ever asked for."""
        with self._lock:
            job, _ = self._jobs.get(table.folder, (None, None))
            ended = job is not None and job.exit_code is not None  # looked at first: its last word is then on disk
            status = read_model(table.folder / FOLDER / STATUS, ProfilingStatus)
            if job and not ended and (status is None or status.state != "running"):
                return ProfilingStatus(state="running", total=table.rows)  # that is the last word of another
            if status and status.state == "running" and (job is None or ended):
                return interrupted(table.folder, exit_code=job.exit_code if job else None)
            return status

    def stop(self, table: Table) -> None:
        """Harmless when it does not run; what it has found stays."""
        with self._lock:
            self._end(table.folder)

    def stop_all(self) -> None:
        with self._lock:
            for job, _ in self._jobs.values():
                job.let_go()
            for folder in list(self._jobs):
                self._end(folder)

    def _end(self, folder: Path) -> None:
        job, _ = self._jobs.pop(folder, (None, None))
        if job:
            job.stop(STOP_SECONDS)
            sweep_temporaries(folder / FOLDER)
