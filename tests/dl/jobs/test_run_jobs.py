"""One run at a time is looked into: who waits, who works, and what is said of the end."""

from pathlib import Path
from typing import Any

import pytest

from dl.errors import NotKept
from dl.jobs.run_jobs import LONGEST_SECONDS, JobStatus, RunJobs, status_file, write_status
from dl.processes import Owner
from dl.runs import Run
from dl.workspace import Workspace


class Process:
    """In the place of one with TensorFlow in it."""

    def __init__(self, folder: str) -> None:
        self.run, self.exit_code, self.owner = Run(Path(folder)), None, Owner.current()

    def stop(self, patience: float) -> None:
        self.exit_code = -9

    def says(self, state: Any, **facts: Any) -> None:
        write_status(self.run, "importance", JobStatus(state=state, **facts))
        self.exit_code = None if state == "running" else 0


class Processes:
    def __init__(self) -> None:
        self.started: list[Process] = []

    def start(self, module: str, *arguments: str, log: Path) -> Process:
        log.touch()
        self.started.append(Process(*arguments))
        return self.started[-1]


@pytest.fixture
def processes() -> Processes:
    return Processes()


@pytest.fixture
def jobs(tmp_path: Path, processes: Processes) -> RunJobs:
    made = RunJobs(Workspace(tmp_path, tmp_path), "importance")
    made._executor = processes  # type: ignore[assignment]
    return made


@pytest.fixture
def runs(tmp_path: Path) -> list[Run]:
    made = [Run(tmp_path / name) for name in ("1", "2")]
    for run in made:
        run.folder.mkdir()
    return made


def state(jobs: RunJobs, run: Run) -> str | None:
    status = jobs.status(run)
    return status.state if status else None


def test_second_run_waits_until_the_first_has_ended(jobs: RunJobs, processes: Processes, runs: list[Run]) -> None:
    assert jobs.status(runs[0]) is None
    for run in (*runs, *runs):  # twice is as good as once
        jobs.start(run)
    assert [process.run for process in processes.started] == runs[:1]
    assert [state(jobs, run) for run in runs] == ["running", "waiting"]
    processes.started[0].says("running", done=3, total=10)
    assert jobs.status(runs[0]) == JobStatus(state="running", done=3, total=10)
    processes.started[0].says("done", done=10, total=10)
    assert [state(jobs, run) for run in runs] == ["done", "running"]
    assert [process.run for process in processes.started] == runs


def test_old_last_word_is_not_taken_for_that_of_the_job_at_work(
    jobs: RunJobs, processes: Processes, runs: list[Run]
) -> None:
    write_status(runs[0], "importance", JobStatus(state="failed", code="job_crashed"))
    assert state(jobs, runs[0]) == "failed"
    jobs.start(runs[0])
    assert jobs.status(runs[0]) == JobStatus(state="running")


def test_job_that_is_stopped_leaves_no_word_and_lets_the_next_one_begin(
    jobs: RunJobs, processes: Processes, runs: list[Run]
) -> None:
    for run in runs:
        jobs.start(run)
    processes.started[0].says("running")
    jobs.stop(runs[0])
    assert processes.started[0].exit_code == -9 and not status_file(runs[0], "importance").exists()
    assert [state(jobs, run) for run in runs] == [None, "running"]
    jobs.start(runs[0])
    jobs.stop(runs[0])
    assert [state(jobs, run) for run in runs] == [None, "running"], "one that waits is forgotten"


def test_job_that_died_is_interrupted_and_so_is_that_of_an_earlier_server(
    jobs: RunJobs, processes: Processes, runs: list[Run]
) -> None:
    for run in runs:
        write_status(run, "importance", JobStatus(state="running"))
    jobs.start(runs[0])
    assert state(jobs, runs[0]) == "running"
    processes.started[0].exit_code = -11
    for run in runs:
        status = jobs.status(run)
        assert status and (status.state, status.code, status.facts) == (
            "failed",
            "job_interrupted",
            {"run": run.id, "reason": "importance"},
        )


def test_job_that_works_longer_than_its_kind_may_is_ended(
    jobs: RunJobs, processes: Processes, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.start(runs[0])
    processes.started[0].says("running", done=1, total=3)
    assert state(jobs, runs[0]) == "running"
    monkeypatch.setitem(LONGEST_SECONDS, "importance", 0.0)
    status = jobs.status(runs[0])
    assert status and (status.state, status.code) == ("failed", "job_interrupted")
    assert processes.started[0].exit_code == -9


def test_all_end_with_the_server(jobs: RunJobs, processes: Processes, runs: list[Run]) -> None:
    for run in runs:
        jobs.start(run)
    jobs.stop_all()
    assert [process.exit_code for process in processes.started] == [-9] and jobs.status(runs[1]) is None


def test_disk_that_takes_no_log_is_said_and_status_is_not_written_where_a_run_is_gone(
    jobs: RunJobs, runs: list[Run]
) -> None:
    runs[0].folder.rmdir()
    with pytest.raises(NotKept):
        jobs.start(runs[0])
    write_status(runs[0], "importance", JobStatus(state="running"))
    assert not runs[0].folder.exists()
