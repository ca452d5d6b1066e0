"""The queue, with real workers."""

import os
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from dl.datasets import Dataset
from dl.errors import RunDamaged
from dl.files import temporary_name
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.checkpoints import Snapshot
from dl.runs.status import Fault
from dl.specs import RunSpec
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
Spec = Callable[..., RunSpec]
Wait = Callable[..., None]


@pytest.mark.slow
def test_runs_train_one_after_another_in_their_order_when_the_server_was_restarted(
    workspace: Workspace, supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait
) -> None:
    before = Supervisor(workspace)  # of a server that was stopped before it could train anything
    first, cancelled, last = (before.submit(digits_spec(epochs=2), digits) for _ in range(3))
    before.close()
    supervisor.start()
    assert supervisor.store.list() == [last, cancelled, first]
    supervisor.stop(cancelled)
    supervisor.stop(cancelled)
    assert cancelled.status().state == "STOPPED"
    wait_until(lambda: first.status().state == "RUNNING")
    assert supervisor.running() == first and supervisor.queue() == [last]
    wait_until(lambda: last.status().ended)
    assert [run.status().state for run in (first, cancelled, last)] == ["FINISHED", "STOPPED", "FINISHED"]
    assert (last.status().started_at or 0) >= (first.status().ended_at or 0) > 0
    assert cancelled.status().started_at is None and len(cancelled.steps()) == 0
    assert supervisor.queue() == [] and supervisor.running() is None


@pytest.mark.slow
def test_running_run_is_stopped_with_its_results_when_asked_twice(
    supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait
) -> None:
    run = supervisor.start().submit(digits_spec(epochs=100_000), digits)
    wait_until(lambda: len(run.steps()) > 100)
    asked = time.time()
    supervisor.stop(run)
    supervisor.stop(run)
    wait_until(lambda: run.status().ended)
    status = run.status()
    assert (status.state, status.fault) == ("STOPPED", None)
    assert (status.ended_at or 0) - asked < 15
    assert run.model_file.is_file() and run.predictions() is not None
    assert run.results() is not None and status.step == len(run.steps())
    supervisor.stop(run)
    assert run.status() == status


def test_run_that_ended_stays_as_it_is_when_it_is_stopped(supervisor: Supervisor, fake_run: FakeRun) -> None:
    for state in ("FINISHED", "STOPPED", "FAILED", "INTERRUPTED"):
        run = fake_run(state)
        before = run.status()
        supervisor.stop(run)
        supervisor.pause(run)
        assert run.status() == before and run.requested_at("pause") is None and run.requested_at("stop") is None


def test_queue_is_in_the_order_of_asking_whatever_the_numbers(supervisor: Supervisor, fake_run: FakeRun) -> None:
    first, second, third = (fake_run("QUEUED") for _ in range(3))
    for run, moment in ((first, 20.0), (second, 10.0), (third, 20.0)):
        run.write_status(run.written_status().update(queued_at=moment))
    assert supervisor.queue() == [second, first, third]


def test_run_is_queued_when_the_queue_was_read_while_it_was_being_made(
    supervisor: Supervisor, workspace: Workspace, fake_run: FakeRun
) -> None:
    run = fake_run("QUEUED")
    status = run.written_status()
    (run.folder / "status.json").unlink()
    assert supervisor.queue() == []
    run.write_status(status)
    assert supervisor.queue() == [run]


def test_damaged_runs_do_not_stop_the_queue(supervisor: Supervisor, fake_run: FakeRun) -> None:
    for content in (b"", b"{", b"[]"):
        (fake_run("QUEUED").folder / "status.json").write_bytes(content)
    run = fake_run("QUEUED")
    assert supervisor.queue() == [run]


def test_run_is_running_again_when_its_stale_heart_beats_again(supervisor: Supervisor, fake_run: FakeRun) -> None:
    """As after the lid of a laptop was closed for an hour."""
    run = fake_run("RUNNING")
    beating = run.written_status()
    run.write_status(beating.update(heartbeat=time.time() - 3600))
    assert supervisor.running() is None
    run.write_status(beating.update(heartbeat=time.time()))
    assert supervisor.running() == run


def test_what_a_dead_server_left_is_settled_when_the_next_one_starts(
    workspace: Workspace, supervisor: Supervisor, fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    died, trains_elsewhere, damaged, waits = fake_run("RUNNING"), fake_run("RUNNING"), fake_run(), fake_run("QUEUED")
    dead = died.written_status().update(process_started=0.0, queued_at=1.0)
    died.write_status(dead)
    to_pause, killed, asleep = fake_run("RUNNING"), fake_run("INTERRUPTED"), fake_run("RUNNING")
    to_pause.write_status(dead)
    to_pause.request("pause")
    killed.write_status(killed.written_status().update(fault=Fault(code="worker_killed")))
    asleep.write_status(asleep.written_status().update(heartbeat=1.0))
    (damaged.folder / "spec.json").write_text("{")
    (damaged.folder / "status.json").write_text("")
    (waits.folder / "claim-1").write_text(f"[{os.getpid()}, 0.0]")  # a pid that was given to another process since
    begins = fake_run("QUEUED")
    begins.claim()  # by a command line that has not come to train it yet
    monkeypatch.setattr(supervisor, "_thread", threading.Thread())  # the queue itself stands still
    supervisor.start()
    assert (died.written_status().state, died.written_status().attempt) == ("QUEUED", 2)
    assert supervisor.queue()[0] == died, "before all that were queued after it"
    assert died.claim(), "for its second attempt"
    assert to_pause.written_status().state == "PAUSED"
    assert killed.written_status().state == "INTERRUPTED", "what was killed under a living server waits for a word"
    assert asleep.written_status().state == "RUNNING", "its process lives"
    assert trains_elsewhere.written_status().state == "RUNNING"
    assert waits.claim(), "nobody holds it any more"
    assert not begins.claim(), "its owner lives"


def test_run_made_for_the_command_line_is_never_taken_by_a_server(
    workspace: Workspace, digits: Dataset, digits_spec: Spec
) -> None:
    run = RunStore(workspace.runs).create(digits_spec(), digits, claimed=True)
    assert not run.claim()


def test_closing_is_harmless_when_nothing_was_started(workspace: Workspace) -> None:
    supervisor = Supervisor(workspace)
    supervisor.close()
    supervisor.close()


def test_start_sweeps_what_a_killed_server_left(workspace: Workspace, supervisor: Supervisor) -> None:
    workspace.runs.mkdir(parents=True)
    own = temporary_name(workspace.runs / "worker.log")
    left = own.with_name(own.name.replace(f"-{os.getpid()}-", "-999999999-"))
    left.touch()
    own.touch()
    supervisor.start()
    assert own.exists() and not left.exists()


def test_nothing_is_queued_when_the_checkpoint_to_fork_from_is_gone(supervisor: Supervisor, fake_run: FakeRun) -> None:
    """It was thinned out after the page had listed it."""
    run = fake_run()
    gone = run.checkpoints.write(Snapshot({"weights": np.ones(2)}, {}), step=12, epoch=1, within=False)
    gone.path.unlink()
    with pytest.raises(RunDamaged):
        supervisor.fork(run, gone, run.spec().training)
    assert supervisor.store.list() == [run]
