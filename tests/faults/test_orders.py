"""Stop, Pause and Resume in every order, once and twice each, at once and with time in between.

Against a stand-in for the worker, which keeps to the protocol of a run's folder but computes nothing.
"""

import itertools
import os
import threading
import time
from typing import ClassVar

import numpy as np
import pytest

from dl.datasets import Dataset
from dl.jobs import supervisor as supervisor_module
from dl.jobs.supervisor import Supervisor
from dl.processes import Owner
from dl.runs import Run
from dl.runs.log.steps import StepLog
from dl.runs.run import Wish
from dl.runs.status import Fault
from dl.runs.transitions import Ending
from dl.specs.presets import default_spec
from dl.training.status_writer import StatusWriter
from dl.workspace import Workspace
from tests.faults.lasting import promptly

STEPS = 60
WISHES = ("stop", "pause", "resume")
ORDERS = list(itertools.product(WISHES, repeat=3))


class StandIn:
    """Trains on a thread: a step is a millisecond; it takes a moment to exit, as a process does.

    However slowly wishes are given, a training does not end by itself before the last of them.
    """

    all_wished: ClassVar[threading.Event] = threading.Event()
    in_training: ClassVar[list[str]] = []
    collisions: ClassVar[list[str]] = []
    killed: ClassVar[list[str]] = []

    def __init__(self, *_: object) -> None:
        self.run: Run | None = None
        self.owner = Owner.current()
        self.advanced_at = 0.0
        self.has_been_ready, self.exit_code = True, None

    def train(self, run: Run) -> None:
        self.run, self.advanced_at = run, time.time()
        threading.Thread(target=self._work, args=(run,), daemon=True).start()

    def _work(self, run: Run) -> None:
        if run.id in self.in_training:
            self.collisions.append(run.id)
        self.in_training.append(run.id)
        writer = StatusWriter(run)
        writer.update(phase="training")
        with StepLog(run.folder) as log:
            event = self._steps(run, log)
        writer.end(event)
        self.in_training.remove(run.id)
        time.sleep(0.01)
        self.exit_code = 0

    def _steps(self, run: Run, log: StepLog) -> Ending:
        for step in itertools.count(log.recorded):
            is_last = self.all_wished.is_set() and step >= STEPS
            if run.requested_at("stop") is not None:
                return "stopped"
            if run.requested_at("pause") is not None:
                return "paused"
            if is_last:
                break
            log.append(np.ones(1), 1, np.full(1, step), np.ones(1))
            time.sleep(0.001)
        return "finished"

    def output(self) -> bytes:
        return b""

    def kill(self) -> None:
        self.killed.append(self.run.id if self.run else "")

    def close(self) -> None:
        pass


def after(states: set[str], wish: str) -> set[str]:
    """Where a run may be after a wish: it comes to a pause, and leaves the queue, in its own time."""
    by_itself = {"pausing": "paused", "queued": "running"}
    ways = {
        "stop": {"running": "stopping", "pausing": "stopping", "paused": "stopping", "queued": "paused"},
        "pause": {"running": "pausing", "queued": "paused"},
        "resume": {"pausing": "running", "paused": "queued"},
    }
    now = states | {by_itself[state] for state in states if state in by_itself}
    return {ways[wish].get(state, state) for state in now}


def possible_ends(order: list[str]) -> set[str]:
    states = {"running"}
    for wish in order:
        states = after(states, wish)
    ends = {"running": "FINISHED", "queued": "FINISHED", "stopping": "STOPPED", "pausing": "PAUSED", "paused": "PAUSED"}
    return {ends[state] for state in states}


@pytest.fixture
def stood_in(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    monkeypatch.setattr(supervisor_module, "Worker", StandIn)
    monkeypatch.setattr(supervisor_module, "TICK_SECONDS", 0.002)
    monkeypatch.setattr(StandIn, "collisions", [])
    monkeypatch.setattr(StandIn, "killed", [])
    return supervisor.start()


def in_order(supervisor: Supervisor, digits: Dataset, order: list[str], between: float) -> Run:
    """A run in training that gets these wishes, when it has come to rest."""
    StandIn.all_wished.clear()
    run = supervisor.submit(default_spec(digits), digits)
    promptly(lambda: len(run.steps()) > 2, 10)
    for wish in order:
        getattr(supervisor, wish)(run)
        time.sleep(between)
    StandIn.all_wished.set()
    promptly(lambda: rests(supervisor, run), 10)
    return run


def rests(supervisor: Supervisor, run: Run) -> bool:
    with supervisor._lock:
        busy = supervisor._worker is not None and supervisor._worker.run == run
        return not busy and run.written_status().state not in ("QUEUED", "RUNNING")


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_last_wish_wins_and_a_stop_is_final_in_every_order(
    stood_in: Supervisor, digits: Dataset, order: tuple[str, ...]
) -> None:
    twice = [wish for wish in order for _ in range(2)]
    for wishes, between in itertools.product((list(order), twice), (0.0, 0.004)):
        run = in_order(stood_in, digits, wishes, between)
        assert run.status().state in possible_ends(wishes), (wishes, between)
        if run.status().state == "PAUSED":
            stood_in.resume(run)
            promptly(lambda run=run: rests(stood_in, run), 10)  # type: ignore[misc]
            assert run.status().state == "FINISHED", "no wish from before is left"
        assert run.steps()["loss"].tolist() == list(range(len(run.steps())))
        assert run.status().state == "STOPPED" or len(run.steps()) >= STEPS
    assert stood_in.queue() == [] and StandIn.collisions == []


def test_what_is_possible_is_narrow_enough_to_show_something() -> None:
    assert possible_ends(["pause", "resume", "pause"]) == {"PAUSED"}
    assert possible_ends(["pause", "pause", "resume"]) == {"FINISHED"}
    assert possible_ends(["pause", "stop", "resume"]) == possible_ends(["stop", "pause"]) == {"STOPPED"}
    assert possible_ends(["pause", "resume", "stop"]) == {"STOPPED", "PAUSED"}, "as it was before it waited again"


def ends_under_the_next_server(workspace: Workspace, run: Run) -> str:
    following = Supervisor(workspace).start()
    try:
        promptly(lambda: rests(following, run), 10)
        return run.status().state
    finally:
        following.close()


@pytest.mark.parametrize(("wish", "end"), [("stop", "STOPPED"), ("resume", "FINISHED")])
def test_wish_that_came_too_late_is_heeded_by_the_next_server(
    stood_in: Supervisor, workspace: Workspace, digits: Dataset, wish: Wish, end: str
) -> None:
    """The server was killed between the last word of a paused run and the end of its worker."""
    run = in_order(stood_in, digits, ["pause"], 0.0)
    stood_in.close()
    run.request(wish)
    assert ends_under_the_next_server(workspace, run) == end


def test_run_that_was_stopped_while_it_waited_for_long_has_its_time_to_save(
    stood_in: Supervisor, workspace: Workspace, digits: Dataset
) -> None:
    """It is not killed for a wish that it could not know of."""
    run = in_order(stood_in, digits, ["pause"], 0.0)
    stood_in.close()
    stood_in.stop(run)
    long_ago = time.time() - 3600
    os.utime(run.folder / "wishes" / "stop", (long_ago, long_ago))
    assert ends_under_the_next_server(workspace, run) == "STOPPED"
    assert StandIn.killed == []


@pytest.mark.parametrize(
    ("wishes", "end"), [(["pause"], "PAUSED"), (["pause", "stop"], "STOPPED"), (["stop", "pause"], "STOPPED")]
)
def test_wish_that_a_dead_server_left_is_fulfilled_by_the_next_one(
    stood_in: Supervisor, workspace: Workspace, digits: Dataset, wishes: list[Wish], end: str
) -> None:
    run = in_order(stood_in, digits, ["pause"], 0.0)
    stood_in.close()
    run.withdraw("pause")
    run.write_status(run.written_status().update(state="RUNNING", process_started=0.0, phase="training"))
    for wish in wishes:
        run.request(wish)
    assert ends_under_the_next_server(workspace, run) == end


def test_next_server_waits_for_the_run_that_the_worker_of_the_last_one_still_saves(
    stood_in: Supervisor, workspace: Workspace, digits: Dataset
) -> None:
    left = in_order(stood_in, digits, ["pause"], 0.0)
    stood_in.close()
    stood_in.resume(left)
    waiting, saving = stood_in.submit(default_spec(digits), digits), StatusWriter(left)
    following = Supervisor(workspace).start()
    try:
        promptly(lambda: following._worker, 10)
        assert waiting.status().state == "QUEUED"
        saving.end("interrupted", Fault(code="server_gone"))
        promptly(lambda: waiting.status().ended, 10)
    finally:
        following.close()
    assert (left.status().state, waiting.status().state) == ("FINISHED", "FINISHED")
    assert (left.status().ended_at or 0) <= (waiting.status().started_at or 0)
