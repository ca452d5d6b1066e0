"""What the supervisor and the imports expect of any executor, asked of each that there is with real processes."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dl.jobs.executor import Executor, Job
from dl.jobs.local import LocalExecutor
from dl.processes import Owner
from dl.workspace import Workspace

Start = Callable[[str], Job]
Wait = Callable[..., None]
LISTENS = """\
import os, sys
for line in sys.stdin:
    print("heard", line.strip(), "by", os.getpid())
sys.exit(3)
"""
IS_DEAF = "import time\nprint('deaf')\ntime.sleep(600)\n"
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="a process that is killed has no signal there")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture(params=[LocalExecutor])
def start(
    request: pytest.FixtureRequest, workspace: Workspace, tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts this code as a job."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    executor: Executor = request.param(workspace)
    jobs: list[Job] = []

    def start(code: str) -> Job:
        (tmp_path / "some_work.py").write_text(code)
        jobs.append(executor.start("some_work", log=log))
        return jobs[-1]

    yield start
    for job in jobs:
        job.kill()


def test_job_is_known_by_its_process_hears_every_line_and_ends_by_itself_when_it_is_let_go(
    start: Start, log: Path, wait_until: Wait
) -> None:
    job = start(LISTENS)
    assert job.exit_code is None and job.owner.lives and not job.owner.is_same(Owner.current())
    job.tell("one")
    job.tell("two")
    job.let_go()
    job.let_go()
    wait_until(lambda: job.exit_code is not None, 20)
    assert job.exit_code == 3 and not job.owner.lives
    assert log.read_text().splitlines() == [f"heard {word} by {job.owner.pid}" for word in ("one", "two")]


def test_job_that_is_stopped_has_its_time_to_end_in_order(start: Start) -> None:
    job = start(LISTENS)
    job.stop(patience=20)
    assert job.exit_code == 3
    job.stop(patience=0)
    assert job.exit_code == 3, "harmless when it has ended"


@needs_signals
def test_job_that_does_not_listen_is_killed_when_patience_is_at_its_end(
    start: Start, log: Path, wait_until: Wait
) -> None:
    job = start(IS_DEAF)
    wait_until(lambda: log.read_text() == "deaf\n", 20)
    before = time.monotonic()
    job.stop(patience=0.3)
    assert 0.3 <= time.monotonic() - before < 20
    assert job.exit_code is not None and job.exit_code < 0 and not job.owner.lives


@needs_signals
def test_killed_job_is_dead_at_once_and_can_be_told_nothing(start: Start) -> None:
    job = start(LISTENS)
    job.kill()
    assert job.exit_code is not None and job.exit_code < 0 and not job.owner.lives
    with pytest.raises(OSError):
        job.tell("more")
    job.kill()
    job.let_go()
