"""The job that trains: started with TensorFlow already on its way, given one run, watched until it ends."""

import time

from dl.files import temporary_name
from dl.jobs.executor import Executor
from dl.processes import Owner
from dl.runs.recovery import write_stopped
from dl.runs.run import Run
from dl.specs import RunSpec
from dl.workspace import Workspace

COMPILING_GRACES = 5
CLOSING_SECONDS = 5.0


class Worker:
    def __init__(self, workspace: Workspace, executor: Executor) -> None:
        self.run: Run | None = None
        self._prepared: RunSpec | None = None
        self.advanced_at = 0.0  # when it was last seen to get further, in unix seconds
        self._log = temporary_name(workspace.runs / "worker.log")
        self._job = executor.start("dl.worker", log=self._log)

    @property
    def owner(self) -> Owner:
        return self._job.owner

    @property
    def exit_code(self) -> int | None:
        return self._job.exit_code

    @property
    def has_been_ready(self) -> bool:
        return b"ready" in self.output().splitlines()

    def prepare(self, spec: RunSpec) -> None:
        """Have it build and compile this network while it waits. Raises OSError if the worker has just died."""
        if spec != self._prepared:
            self._prepared = spec
            self._job.tell(spec.model_dump_json())

    def train(self, run: Run) -> None:
        """Raises OSError if the worker has just died."""
        self.run, self.advanced_at = run, time.time()
        self._job.tell(str(run.folder))

    def kill(self) -> None:
        self._job.kill()

    def close(self) -> None:
        """Let go: the worker notes that the server is gone and exits."""
        self._job.stop(CLOSING_SECONDS)
        self._log.unlink(missing_ok=True)

    def output(self) -> bytes:
        """What it printed before it began the run (from then on its words go into the run's log)."""
        return self._log.read_bytes() if self._log.exists() else b""


def enforce_stop(worker: Worker, grace: float) -> None:
    """Kill a worker that does not answer a wish to stop: only ours, and only when it has not advanced for so long.

    A run that goes through recorded steps once more, after a crash, stops when it has caught up. One that has not come
    to its first step may be compiling, of which nothing can be seen.
    """
    assert worker.run
    asked, now = worker.run.requested_at("stop"), time.time()
    if asked is None:
        return
    status = worker.run.written_status()
    patience = COMPILING_GRACES * grace if status.advanced_at is None else grace
    worker.advanced_at = max(worker.advanced_at, status.advanced_at or 0.0)
    if status.ended or now - max(asked, worker.advanced_at) <= patience:
        return
    worker.kill()
    write_stopped(worker.run)
