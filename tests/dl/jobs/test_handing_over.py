"""A run that waits is trained in the end, whoever died on the way before it began."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import psutil
import pytest

from dl.datasets import Dataset
from dl.jobs import supervisor as supervisor_module
from dl.jobs.supervisor import GIVEN_BACK, Supervisor
from dl.processes import HOST, Owner
from dl.runs import Run
from dl.runs.status import Fault
from dl.runs.transitions import transition
from dl.specs import RunSpec

FakeRun = Callable[..., Run]
Wait = Callable[..., None]
RESUME_AND_DIE = """\
import os, sys
from argparse import Namespace
from dl import commands
commands.train_here = lambda run, workspace: os._exit(9)
commands.resume(Namespace(id=sys.argv[1], home=None))
"""


class Taking:
    """Stands in for a worker that takes what it is given and never ends."""

    taken: ClassVar[list[Run]] = []

    def __init__(self, *_: object) -> None:
        self.run: Run | None = None
        self.owner = Owner.current()
        self.has_been_ready, self.exit_code = True, None

    def train(self, run: Run) -> None:
        self.run = run
        self.taken.append(run)

    def close(self) -> None:
        pass


@pytest.fixture
def taking(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """With a worker that takes one run. Not started yet: it would take a fake run in the making, too."""
    monkeypatch.setattr(supervisor_module, "Worker", Taking)
    monkeypatch.setattr(supervisor_module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(Taking, "taken", [])
    return supervisor


def test_living_server_takes_up_what_a_command_line_had_queued_again_and_did_not_live_to_begin(
    taking: Supervisor, fake_run: FakeRun, wait_until: Wait
) -> None:
    run = fake_run("INTERRUPTED")
    assert taking.start().queue() == []
    assert subprocess.run([sys.executable, "-c", RESUME_AND_DIE, run.id], check=False).returncode == 9
    wait_until(lambda: Taking.taken == [run], 10)
    assert (run.status().state, run.status().attempt) == ("RUNNING", 2)


def test_living_server_leaves_what_a_living_command_line_is_about_to_begin(
    taking: Supervisor, fake_run: FakeRun, wait_until: Wait
) -> None:
    claimed = fake_run("INTERRUPTED")
    taking.start()
    assert claimed.claim()
    claimed.write_status(transition(claimed.written_status(), "resumed", 1.0))
    later = fake_run("QUEUED")
    wait_until(lambda: Taking.taken, 10)
    assert Taking.taken == [later] and taking.queue() == [claimed]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the fault is made with POSIX signals")
def test_run_is_trained_by_the_next_worker_when_the_waiting_one_dies_as_it_is_handed_over(
    supervisor: Supervisor, digits: Dataset, digits_spec: Callable[..., RunSpec], wait_until: Wait
) -> None:
    supervisor.start()
    wait_until(lambda: supervisor._worker and supervisor._worker.has_been_ready)
    worker = psutil.Process(supervisor._worker.owner.pid)  # type: ignore[union-attr]
    worker.suspend()  # so that it takes the order, but does not come to read it
    first, second = (supervisor.submit(digits_spec(epochs=1), digits) for _ in range(2))
    wait_until(lambda: first.written_status().state == "RUNNING")
    queued_at = first.written_status().queued_at
    worker.kill()
    wait_until(lambda: second.written_status().ended)
    assert (first.status().state, second.status().state) == ("FINISHED", "FINISHED")
    assert (first.status().ended_at or 0) <= (second.status().started_at or 0), "it kept its place"
    assert (first.status().attempt, first.status().queued_at) == (1, queued_at)


class Dying(Taking):
    """One that was ready and dies as soon as it is given a run."""

    def __init__(self, *_: object) -> None:
        super().__init__()
        self.owner = Owner(HOST, os.getpid(), 0.0)  # of a pid that was given to another process since

    def train(self, run: Run) -> None:
        super().train(run)
        self.exit_code = -9
        raise BrokenPipeError

    def output(self) -> bytes:
        return b"ready\n"


def test_run_is_interrupted_in_the_end_when_every_worker_dies_as_it_is_handed_over(
    supervisor: Supervisor, fake_run: FakeRun, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor_module, "Worker", Dying)
    monkeypatch.setattr(supervisor_module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(supervisor_module, "RESTART_SECONDS", 0.01)
    monkeypatch.setattr(Taking, "taken", [])
    runs = [fake_run("QUEUED") for _ in range(2)]
    supervisor.start()
    wait_until(lambda: all(run.written_status().ended for run in runs), 10)
    assert [run.written_status().fault for run in runs] == [Fault(code="worker_killed", facts={"exit_code": -9})] * 2
    assert Taking.taken == [*[runs[0]] * (GIVEN_BACK + 1), runs[1]], "each is told at once what the first has shown"


def test_next_worker_is_not_started_at_once_when_two_in_a_row_died_with_nothing_to_do(
    supervisor: Supervisor, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Short(Dying):
        started_at: ClassVar[list[float]] = []

        def __init__(self, *_: object) -> None:
            super().__init__()
            self.started_at.append(time.monotonic())
            self.exit_code = -9

    monkeypatch.setattr(supervisor_module, "Worker", Short)
    monkeypatch.setattr(supervisor_module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(supervisor_module, "RESTART_SECONDS", 0.5)
    supervisor.start()
    wait_until(lambda: len(Short.started_at) == 4, 10)
    pauses = np.diff(Short.started_at)
    assert pauses[0] < 0.5 and (pauses[1:] >= 0.5).all()


def test_run_is_taken_out_of_the_queue_when_the_command_line_that_had_claimed_it_is_dead(
    supervisor: Supervisor, fake_run: FakeRun
) -> None:
    run = fake_run("QUEUED")
    (run.folder / "claim-1").write_text(f"[{os.getpid()}, 0.0]")  # a pid that was given to another process since
    supervisor.stop(run)
    assert run.status().state == "STOPPED" and run.requested_at("stop") is None
