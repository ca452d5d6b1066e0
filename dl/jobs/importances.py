"""What each column is worth to a run's network, found in jobs: the network is asked in a process of its own.

They speak through files in the run's folder. One works at a time, for each has TensorFlow in its memory.
"""

import contextlib
import threading
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.errors import NotKept
from dl.files import read_model, sweep_temporaries, write_model
from dl.jobs.executor import Executor, Job
from dl.jobs.local import LocalExecutor
from dl.runs.run import Run
from dl.workspace import Workspace

MODULE = "dl.training.importance_job"
STATUS, LOG = "importance.status.json", "importance.log.txt"
STOP_SECONDS = 0.5  # what it writes comes whole or not at all, so that it may be killed


class ImportanceStatus(BaseModel):
    """`done` of `total` shuffles; of 0 while the network is loaded. `code` and `facts` say why one failed."""

    model_config = ConfigDict(frozen=True)

    state: Literal["waiting", "running", "done", "failed"]
    done: int = 0
    total: int = 0
    code: str | None = None
    facts: dict[str, Any] = {}


def write_status(run: Run, status: ImportanceStatus) -> None:
    """The run may have been deleted, or the disk be full: then nobody hears."""
    with contextlib.suppress(OSError):
        write_model(run.folder / STATUS, status)


def interrupted(run: Run) -> ImportanceStatus:
    return ImportanceStatus(state="failed", code="importance_interrupted", facts={"run": run.id})


class ImportanceJobs:
    """One a server, with which its job ends. What one finds is `read_importance(run.folder)`.

    The next one begins when somebody looks at the status of any.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._executor: Executor = LocalExecutor(workspace)
        self._waiting: list[Run] = []
        self._run: Run | None = None
        self._job: Job | None = None
        self._lock = threading.Lock()

    def start(self, run: Run) -> None:
        """Harmless when it is at work already or waits. Raises NotKept when the disk takes no log."""
        with self._lock:
            if run not in self._waiting and not (run == self._run and self._works()):
                self._waiting.append(run)
            self._next()

    def status(self, run: Run) -> ImportanceStatus | None:
        """None when it was never asked for."""
        with self._lock:
            self._next()
            if run in self._waiting:
                return ImportanceStatus(state="waiting")
            works = run == self._run and self._works()  # looked at first: its last word is then on disk
            status = read_model(run.folder / STATUS, ImportanceStatus)
            if works and (status is None or status.state != "running"):
                return ImportanceStatus(state="running")  # that is the last word of another
            return interrupted(run) if status and status.state == "running" and not works else status

    def stop(self, run: Run) -> None:
        """As if it had never been asked for; harmless when it neither works nor waits."""
        with self._lock:
            self._waiting = [waiting for waiting in self._waiting if waiting != run]
            if run == self._run:
                self._end()
                (run.folder / STATUS).unlink(missing_ok=True)

    def stop_all(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._end()

    def _works(self) -> bool:
        return self._job is not None and self._job.exit_code is None

    def _next(self) -> None:
        if not self._waiting or self._works():
            return
        run = self._waiting.pop(0)
        try:
            self._job = self._executor.start(MODULE, str(run.folder), log=run.folder / LOG)
        except OSError as error:
            raise NotKept(run=run.id) from error
        self._run = run

    def _end(self) -> None:
        if self._job and self._run:
            self._job.stop(STOP_SECONDS)
            sweep_temporaries(self._run.folder)
        self._job = self._run = None
