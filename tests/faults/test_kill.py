"""A run whose worker, or whose server, is killed again and again ends as if nothing had happened.

`LIVEFIT_KILLS` and `LIVEFIT_SERVER_KILLS` say how often; the moments are random, but the same ones every time.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import pytest

from dl.datasets import Dataset
from dl.jobs import supervisor as supervisor_module
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.status import Fault
from dl.workspace import Workspace
from tests.faults.lasting import (
    EPOCH_STEPS,
    EPOCHS,
    assert_identical,
    assert_nothing_torn,
    lasting_spec,
    promptly,
    recorded,
    use_xla,
)

Wait = Callable[..., None]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the faults are made with POSIX signals")]
KILLS = int(os.environ.get("LIVEFIT_KILLS", "2"))
SERVER_KILLS = int(os.environ.get("LIVEFIT_SERVER_KILLS", "1"))
STEPS = EPOCHS * EPOCH_STEPS
SERVER = """\
import time
from dl.jobs.supervisor import Supervisor
from dl.workspace import Workspace
Supervisor(Workspace.from_environment()).start()
time.sleep(600)
"""


@dataclass(frozen=True)
class Moment:
    """In this phase, when so many steps are recorded, and a little later."""

    phase: str
    step: int = 0
    later: float = 0.0

    def has_come(self, run: Run) -> bool:
        status = run.written_status()
        return status.ended or (status.state == "RUNNING" and self._is_now(run, status.phase))

    def _is_now(self, run: Run, phase: str) -> bool:
        return len(run.steps()) >= self.step and (
            phase == self.phase or (self.phase == "training" and phase != "starting")
        )


def moments(count: int) -> list[Moment]:
    """Some in every phase, the most in training: in the order in which a run comes to them."""
    chance = random.Random(count)
    ends = [Moment(phase, later=chance.uniform(0, 0.03)) for phase in ("evaluating", "saving")] * (count // 6)
    begins = [Moment(phase, later=chance.uniform(0, 0.3)) for phase in ("starting", "choosing")] * (count // 6)
    steps = sorted(chance.randrange(STEPS * 8 // 10) for _ in range(count - len(ends) - len(begins)))
    training = [Moment("training", step, chance.uniform(0, 0.3)) for step in steps]
    for moment in begins:
        training.insert(chance.randrange(len(training) + 1), moment)
    return training + sorted(ends, key=lambda moment: moment.phase)


def kill_worker(run: Run, moment: Moment) -> None:
    """At that moment: the run is interrupted, and what was recorded is still there."""
    promptly(lambda: moment.has_come(run))
    worker, before = psutil.Process(run.written_status().pid), recorded(run)
    time.sleep(moment.later)
    worker.kill()
    promptly(lambda: run.written_status().ended)
    status = run.written_status()
    assert status.state == "INTERRUPTED", f"too late for {moment}"
    assert status.fault == Fault(code="worker_killed", facts={"exit_code": -signal.SIGKILL})
    assert not worker.is_running() and recorded(run).startswith(before)


def trained_alike(supervisor: Supervisor, run: Run, digits: Dataset) -> Run:
    """The same run without any fault: with its engine, and the learning rate changed at the same step."""
    other = supervisor.store.create(run.spec(), digits, claimed=True)
    lease = other.lease()
    assert lease
    for name in ("engine.json", "changes.jsonl"):
        shutil.copy(run.folder / name, other.folder / name)
    lease.release()
    promptly(lambda: other.status().ended)
    return other


def test_run_ends_bit_for_bit_the_same_however_often_its_worker_is_killed(
    supervisor: Supervisor, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In training the learning rate is changed by hand, too: that is recorded once and holds through all kills."""
    monkeypatch.setattr(supervisor_module, "RESTART_SECONDS", 0.0)
    run = supervisor.start().submit(lasting_spec(digits), digits)
    before, changed = b"", False
    for moment in moments(KILLS):
        if moment.step and not changed:
            run.request_learning_rate(5e-4)
            promptly(lambda: run.changes())
            changed = True
        kill_worker(run, moment)
        assert recorded(run).startswith(before)
        before = recorded(run)
        supervisor.resume(run)
    promptly(lambda: run.written_status().ended)
    assert run.written_status().attempt == KILLS + 1 and recorded(run).startswith(before)
    assert len(run.steps()) == STEPS
    assert_nothing_torn(run)
    assert changed and len((run.folder / "changes.jsonl").read_text().splitlines()) == 1
    assert_identical(run, trained_alike(supervisor, run, digits))


def kill_server(server: subprocess.Popen[bytes], run: Run, moment: Moment, workers: set[int]) -> None:
    """At that moment of a worker that is none of `workers`, to which it is added."""
    promptly(lambda: moment.has_come(run) and run.written_status().pid not in {None, *workers})
    time.sleep(moment.later)
    before = recorded(run)
    server.kill()
    server.wait()
    assert run.written_status().state in ("RUNNING", "INTERRUPTED"), f"too late for {moment}"
    assert recorded(run).startswith(before)
    workers.add(run.written_status().pid or 0)


def test_queue_goes_on_by_itself_and_in_order_however_often_the_server_is_killed(
    workspace: Workspace, digits: Dataset, uninterrupted: Run
) -> None:
    """The next one starts at once, while the worker of the last one may still be saving the run."""
    store = RunStore(workspace.runs)
    runs = [use_xla(store.create(lasting_spec(digits, **training), digits)) for training in ({}, *[{"epochs": 1}] * 2)]
    chance = random.Random(SERVER_KILLS)
    steps = sorted(chance.randrange(STEPS * 8 // 10) for _ in range(SERVER_KILLS - 1))
    workers: set[int] = set()
    for moment in [Moment("starting"), *(Moment("training", step, chance.uniform(0, 0.3)) for step in steps), None]:
        server = subprocess.Popen([sys.executable, "-c", SERVER])
        try:
            if moment:
                kill_server(server, runs[0], moment, workers)
                assert [run.status().state for run in runs[1:]] == ["QUEUED", "QUEUED"]
            else:
                promptly(lambda: all(run.status().ended for run in runs))
        finally:
            server.kill()
            server.wait()
    assert [run.status().state for run in runs] == ["FINISHED"] * 3
    assert runs == sorted(runs, key=lambda run: run.status().started_at or 0)
    assert len(workers) == SERVER_KILLS and not any(psutil.pid_exists(pid) for pid in workers)
    assert_nothing_torn(runs[0])
    assert_identical(runs[0], uninterrupted)
