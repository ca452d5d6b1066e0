"""A child process as a job: told, let go of, killed, with everything that it prints kept."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dl.jobs.local import LocalExecutor, LocalJob
from dl.workspace import Workspace

Wait = Callable[..., None]
LISTENS = """\
import os, sys
print(os.environ["LIVEFIT_HOME"], *sys.argv[1:])
for line in sys.stdin:
    print("heard", line.strip())
sys.exit(3)
"""
IS_DEAF = "import time\nprint('deaf')\ntime.sleep(600)\n"


@pytest.fixture
def start(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., LocalJob]]:
    """Starts this code as a job, with the log in a folder that is not there yet."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    jobs: list[LocalJob] = []

    def start(code: str, *arguments: str) -> LocalJob:
        (tmp_path / "some_work.py").write_text(code)
        jobs.append(LocalExecutor(workspace).start("some_work", *arguments, log=tmp_path / "logs" / "log"))
        return jobs[-1]

    yield start
    for job in jobs:
        job.kill()


def test_job_finds_its_workspace_hears_what_it_is_told_and_ends_when_it_is_let_go(
    start: Callable[..., LocalJob], workspace: Workspace, tmp_path: Path, wait_until: Wait
) -> None:
    job = start(LISTENS, "first", "second")
    job.tell("数字")
    assert job.exit_code is None and job.owner.lives
    job.let_go()
    job.let_go()
    wait_until(lambda: job.exit_code is not None, 20)
    assert job.exit_code == 3 and not job.owner.lives
    output = (tmp_path / "logs" / "log").read_text(encoding="utf-8")
    assert output.splitlines() == [f"{workspace.home} first second", "heard 数字"]
    job.stop(patience=0)
    with pytest.raises((OSError, ValueError)):
        job.tell("more")


@pytest.mark.skipif(sys.platform == "win32", reason="a process that is killed has no signal there")
def test_job_that_does_not_listen_is_killed_when_patience_is_at_its_end(
    start: Callable[..., LocalJob], tmp_path: Path, wait_until: Wait
) -> None:
    job = start(IS_DEAF)
    wait_until(lambda: (tmp_path / "logs" / "log").read_text() == "deaf\n", 20)
    job.stop(patience=0.1)
    assert job.exit_code == -signal.SIGKILL
