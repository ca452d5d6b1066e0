"""A worker that does not answer a stop is killed only when it has stood still for long, in whatever phase it is."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from dl.jobs.worker import COMPILING_GRACES, enforce_stop
from dl.runs import Run

FakeRun = Callable[..., Run]
GRACE = 60.0
LONG_AGO = 3600.0


class Worker:
    """What is asked of a worker that has been at its run for an hour."""

    def __init__(self, run: Run) -> None:
        self.run, self.advanced_at = run, time.time() - LONG_AGO
        self.killed = False

    def kill(self) -> None:
        self.killed = True


def is_killed(run: Run, asked: float = LONG_AGO) -> bool:
    """Whether a stop that was asked for so many seconds ago is enforced."""
    worker = Worker(run)
    run.request("stop")
    moment = time.time() - asked
    os.utime(run.folder / "wishes" / "stop", (moment, moment))
    enforce_stop(worker, GRACE)  # type: ignore[arg-type]
    assert (run.written_status().state == "STOPPED") == worker.killed
    return worker.killed


@pytest.mark.parametrize("phase", ["training", "evaluating", "saving"])
def test_stopping_run_is_left_alone_as_long_as_it_gets_further(phase: str, fake_run: FakeRun) -> None:
    """Whether steps are made or rows are scored; that its heart beats is not enough."""
    now = time.time()
    assert not is_killed(fake_run("RUNNING", phase=phase, advanced_at=now - 0.9 * GRACE))
    assert is_killed(fake_run("RUNNING", phase=phase, heartbeat=now, advanced_at=now - 1.1 * GRACE))


@pytest.mark.parametrize("facts", [{"phase": "choosing"}, {"phase": "training", "step": 40}])
def test_stopping_run_may_compile_for_long_before_its_first_step(facts: dict[str, Any], fake_run: FakeRun) -> None:
    """Also when it goes on from a checkpoint: killed, it would lose its results."""
    compiling = fake_run("RUNNING", **facts)
    assert not is_killed(compiling, asked=0.9 * COMPILING_GRACES * GRACE)
    assert is_killed(compiling, asked=1.1 * COMPILING_GRACES * GRACE)


def test_run_has_its_time_to_stop_however_long_ago_it_got_further_before(fake_run: FakeRun) -> None:
    assert not is_killed(fake_run("RUNNING", advanced_at=time.time() - LONG_AGO), asked=0.9 * GRACE)


def test_worker_that_hangs_after_it_has_paused_is_killed_and_its_run_stays_paused(fake_run: FakeRun) -> None:
    """The supervisor, which finds the worker dead then, goes on with it so that it can be stopped with its results."""
    run = fake_run("PAUSED")
    worker = Worker(run)
    run.request("stop")
    os.utime(run.folder / "wishes" / "stop", (0.0, 0.0))
    enforce_stop(worker, GRACE)  # type: ignore[arg-type]
    assert worker.killed and run.written_status().state == "PAUSED"
