"""Worker processes: started with TensorFlow already on its way, given one run, watched until they end."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from dl.runs.run import Run
from dl.specs import RunSpec
from dl.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
LEAVING_SECONDS = 3.0  # what a worker takes at most, once the server is gone, to save its run and end
DISK_FULL_EXIT = 74  # how it ends when the disk is too full for a last word


class Worker:
    """A child process that ends when our end of its stdin closes, however we end."""

    def __init__(self, workspace: Workspace) -> None:
        workspace.runs.mkdir(parents=True, exist_ok=True)
        self.run: Run | None = None
        self._prepared: RunSpec | None = None
        self.advanced_at = 0.0  # when it was last seen to get further, in unix seconds
        self._log = workspace.runs / f".worker-{os.getpid()}-{id(self):x}.log"
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "dl.worker"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env=_environment(workspace),
                start_new_session=True,  # Ctrl-C reaches the server only, which then lets the worker end in order
            )

        self.started = psutil.Process(self._process.pid).create_time()  # with the pid, the name of exactly this process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    @property
    def has_been_ready(self) -> bool:
        return b"ready" in self.output().splitlines()

    def prepare(self, spec: RunSpec) -> None:
        """Have it build and compile this network while it waits. Raises OSError if the worker has just died."""
        if spec != self._prepared:
            self._prepared = spec
            self._tell(spec.model_dump_json())

    def train(self, run: Run) -> None:
        """Raises OSError if the worker has just died."""
        self.run, self.advanced_at = run, time.time()
        self._tell(str(run.folder))

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self, patience: float = 5.0) -> None:
        """Let go: the worker notes that the server is gone and exits; killed if it does not in `patience` seconds."""
        if self._process.stdin and not self._process.stdin.closed:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.unlink(missing_ok=True)

    def output(self) -> bytes:
        """What it printed before it began the run (from then on its words go into the run's log)."""
        return self._log.read_bytes() if self._log.exists() else b""


def sweep_logs(workspace: Workspace) -> None:
    """Remove what the waiting workers of a killed server had printed."""
    for log in workspace.runs.glob(".worker-*.log"):
        if not psutil.pid_exists(int(log.name.split("-")[1])):
            log.unlink(missing_ok=True)


def _environment(workspace: Workspace) -> dict[str, str]:
    return os.environ | {
        "LIVEFIT_HOME": str(workspace.home),
        "LIVEFIT_DOWNLOADS": str(workspace.downloads),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",  # what it is told names folders
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
    }
