"""What becomes of runs whose processes are dead, asleep, alive or of another machine."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from dl.processes import DISK_FULL_EXIT, Owner
from dl.runs import Run
from dl.runs.recovery import can_go_on, died, is_at_work, is_left, recover, write_stopped
from dl.runs.status import Fault, State

FakeRun = Callable[..., Run]


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that works for as long as it is let."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.fixture
def left(fake_run: FakeRun, child: subprocess.Popen[bytes]) -> Callable[..., Run]:
    """A run that was training in a process when that was killed."""
    owner = Owner.of(child.pid)

    def make(**facts: object) -> Run:
        child.kill()
        child.wait()
        return fake_run("RUNNING", pid=owner.pid, process_started=owner.process_started, queued_at=7.0, **facts)

    return make


def test_run_that_a_dead_server_left_is_queued_again_in_its_old_place(left: Callable[..., Run]) -> None:
    run = left()
    assert recover(run)
    status = run.written_status()
    assert (status.state, status.attempt, status.queued_at, status.owner) == ("QUEUED", 2, 7.0, None)


def test_run_that_was_to_pause_is_paused_and_one_that_was_to_stop_too_is_queued_to_do_so(
    left: Callable[..., Run],
) -> None:
    to_pause, to_stop = left(), left()
    to_pause.request("pause")
    to_stop.request("pause")
    to_stop.request("stop")
    assert recover(to_pause) and recover(to_stop)
    assert (to_pause.written_status().state, to_stop.written_status().state) == ("PAUSED", "QUEUED")
    assert to_pause.written_status().ended_at == to_pause.written_status().heartbeat


def test_run_is_waited_for_while_its_process_lives(fake_run: FakeRun, child: subprocess.Popen[bytes]) -> None:
    owner = Owner.of(child.pid)
    run = fake_run("RUNNING", pid=owner.pid, process_started=owner.process_started)
    assert not recover(run) and run.written_status().state == "RUNNING"
    child.kill()
    child.wait()
    assert recover(run) and run.written_status().state == "QUEUED"


@pytest.mark.parametrize("code", ["worker_killed", "cancelled", "disk_full"])
def test_run_that_was_interrupted_under_a_living_server_stays_so(code: str, fake_run: FakeRun) -> None:
    run = fake_run("INTERRUPTED", fault=Fault(code=code))
    before = run.written_status()
    assert recover(run) and run.written_status() == before


def test_damaged_run_is_nobodys_concern(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    (run.folder / "status.json").write_bytes(b"{")
    assert recover(run) and not is_at_work(run)


def test_run_whose_process_only_sleeps_is_at_work_and_cannot_go_on_elsewhere(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", heartbeat=time.time() - 3600)
    assert run.status().state == "INTERRUPTED" and is_left(run, run.status())
    assert is_at_work(run) and not can_go_on(run, run.status())


@pytest.mark.parametrize("named", [{"host": "another_machine"}, {"process_started": None}])
def test_only_the_heartbeat_tells_of_a_process_that_cannot_be_looked_at(
    named: dict[str, object], fake_run: FakeRun
) -> None:
    """Of another machine, or not named whole by an earlier version."""
    beats = fake_run("RUNNING", **named)
    silent = fake_run("RUNNING", heartbeat=time.time() - 3600, **named)
    assert is_at_work(beats) and not is_at_work(silent) and can_go_on(silent, silent.status())


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "PAUSED", "STOPPED", "FINISHED", "FAILED", "INTERRUPTED"])
def test_run_can_go_on_when_it_was_left_before_its_end(state: State, fake_run: FakeRun) -> None:
    saved, unsaved = fake_run(state, checkpoints=[2]), fake_run(state)
    assert can_go_on(saved, saved.status()) == (state in ("PAUSED", "STOPPED", "INTERRUPTED"))
    assert can_go_on(unsaved, unsaved.status()) == (state in ("PAUSED", "INTERRUPTED")), "nothing was done with it"
    assert is_at_work(saved) == (state in ("QUEUED", "RUNNING"))


@pytest.mark.parametrize(
    ("exit_code", "state", "fault"),
    [
        (-9, "INTERRUPTED", "worker_killed"),
        (DISK_FULL_EXIT, "INTERRUPTED", "disk_full"),
        (1, "FAILED", "worker_died"),
        (0, "FAILED", "worker_died"),
    ],
)
def test_end_of_a_worker_without_a_last_word_follows_from_its_exit_code(
    exit_code: int, state: State, fault: str, fake_run: FakeRun
) -> None:
    status = died(fake_run("RUNNING", pid=os.getpid()).written_status(), exit_code)
    assert status.fault and (status.state, status.phase, status.fault.code) == (state, "ended", fault)
    assert status.fault.facts == ({} if fault == "disk_full" else {"exit_code": exit_code})


def test_last_word_of_a_killed_process_stays(left: Callable[..., Run], fake_run: FakeRun) -> None:
    silent, paused = left(), fake_run("PAUSED")
    before = paused.written_status()
    write_stopped(silent)
    write_stopped(paused)
    assert silent.written_status().state == "STOPPED" and paused.written_status() == before
