"""Jobs as child processes of this one."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from dl.processes import Owner
from dl.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]


class LocalJob:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.owner = Owner.of(process.pid)

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def let_go(self) -> None:
        assert self._process.stdin
        with contextlib.suppress(OSError):  # a line that it does not take any more
            self._process.stdin.close()

    def stop(self, patience: float) -> None:
        self.let_go()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class LocalExecutor:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def start(self, module: str, *arguments: str, log: Path) -> LocalJob:
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=PROJECT,
                env=self._environment(),
                start_new_session=True,  # Ctrl-C reaches the server only, which then lets its jobs end in order
            )
        return LocalJob(process)

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "LIVEFIT_HOME": str(self._workspace.home.absolute()),
            "LIVEFIT_DOWNLOADS": str(self._workspace.downloads.absolute()),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",  # what it is told names folders
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        }
