"""What is found of a finished run when somebody asks, in jobs: one kind of work, each in a process of its own.

They speak through files in the run's folder. Of a kind one works at a time, for it may have TensorFlow in its memory.
"""

import contextlib
import math
import threading
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.errors import NotKept
from dl.files import read_model, sweep_temporaries, write_model
from dl.jobs.executor import Executor, Job
from dl.jobs.local import LocalExecutor
from dl.runs.run import Run
from dl.workspace import Workspace

Kind = Literal["importance", "light", "epochs", "exports", "answers", "model"]
MODULES: dict[Kind, str] = {
    "importance": "dl.training.importance_job",
    "light": "dl.training.light_job",
    "epochs": "dl.prediction.epochs_job",
    "exports": "dl.training.exports_job",
    "answers": "dl.prediction.answers_job",
    "model": "dl.training.foreign_job",
}
LONGEST_SECONDS: dict[Kind, float] = {"model": 330.0}  # should its own limit not hold
STOP_SECONDS = 0.5  # what it writes comes whole or not at all, so that it may be killed


class JobStatus(BaseModel):
    """`done` of `total` parts; of 0 while it gets ready. `code` and `facts` say why one failed."""

    model_config = ConfigDict(frozen=True)

    state: Literal["waiting", "running", "done", "failed"]
    done: int = 0
    total: int = 0
    code: str | None = None
    facts: dict[str, Any] = {}

    @property
    def works(self) -> bool:
        return self.state in ("waiting", "running")


def status_file(run: Run, kind: Kind) -> Path:
    return run.folder / f"{kind}.status.json"


def write_status(run: Run, kind: Kind, status: JobStatus) -> None:
    """The run may have been deleted, or the disk be full: then nobody hears."""
    with contextlib.suppress(OSError):
        write_model(status_file(run, kind), status)


def interrupted(run: Run, kind: Kind) -> JobStatus:
    return JobStatus(state="failed", code="job_interrupted", facts={"run": run.id, "reason": kind})


class RunJobs:
    """One a server and kind, with which its job ends. The next one begins when somebody looks at the status of any."""

    def __init__(self, workspace: Workspace, kind: Kind) -> None:
        self._executor: Executor = LocalExecutor(workspace)
        self._kind = kind
        self._waiting: list[Run] = []
        self._run: Run | None = None
        self._job: Job | None = None
        self._began = 0.0
        self._lock = threading.Lock()

    def start(self, run: Run) -> None:
        """Harmless when it is at work already or waits. Raises NotKept when the disk takes no log."""
        with self._lock:
            if run not in self._waiting and not (run == self._run and self._works()):
                self._waiting.append(run)
            self._next()

    def status(self, run: Run) -> JobStatus | None:
        """None when it was never asked for."""
        with self._lock:
            self._next()
            if run in self._waiting:
                return JobStatus(state="waiting")
            works = run == self._run and self._works()  # looked at first: its last word is then on disk
            status = read_model(status_file(run, self._kind), JobStatus)
            if works and (status is None or status.state != "running"):
                return JobStatus(state="running")  # that is the last word of another
            lost = status is not None and status.state == "running" and not works
            return interrupted(run, self._kind) if lost else status

    def stop(self, run: Run) -> None:
        """As if it had never been asked for; harmless when it neither works nor waits."""
        with self._lock:
            self._waiting = [waiting for waiting in self._waiting if waiting != run]
            if run == self._run:
                self._end()
                status_file(run, self._kind).unlink(missing_ok=True)

    def stop_all(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._end()

    def _works(self) -> bool:
        return self._job is not None and self._job.exit_code is None

    def _next(self) -> None:
        if self._works() and time.monotonic() - self._began > LONGEST_SECONDS.get(self._kind, math.inf):
            self._end()
        if not self._waiting or self._works():
            return
        run = self._waiting.pop(0)
        log = run.folder / f"{self._kind}.log.txt"
        try:
            self._job = self._executor.start(MODULES[self._kind], str(run.folder), log=log)
        except OSError as error:
            raise NotKept(run=run.id) from error
        self._run, self._began = run, time.monotonic()

    def _end(self) -> None:
        if self._job and self._run:
            self._job.stop(STOP_SECONDS)
            sweep_temporaries(self._run.folder)
        self._job = self._run = None
