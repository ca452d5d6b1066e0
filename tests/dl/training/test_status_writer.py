"""The worker's pen: facts reach the disk, and nothing is written after the end."""

import errno
import os
import threading
from collections.abc import Callable

import psutil
import pytest

from dl.lease import CONTENT
from dl.runs import Run
from dl.runs.status import Fault, Status
from dl.runs.transitions import ImpossibleTransition, transition
from dl.training import status_writer as module
from dl.training.status_writer import StatusWriter

FakeRun = Callable[..., Run]


def test_run_is_this_process_s_from_the_first_word(fake_run: FakeRun) -> None:
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    status = run.status()
    assert (status.state, status.phase, status.pid) == ("RUNNING", "starting", os.getpid())
    assert status.process_started == psutil.Process().create_time()
    writer.end("finished")


def test_new_phase_is_written_at_once_and_steps_a_tenth_of_a_second_later(fake_run: FakeRun) -> None:
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    writer.update(phase="training", steps=100)
    assert (run.status().phase, run.status().steps) == ("training", 100)
    writer.update(step=1)
    assert run.status().step == 0
    threading.Event().wait(module.WRITE_SECONDS)
    writer.update(step=2)
    assert run.status().step == 2
    writer.end("finished")


def test_nothing_is_written_after_the_end(fake_run: FakeRun) -> None:
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    writer.end("interrupted", Fault(code="server_gone"), fit_seconds=0.5)
    last = run.status()
    writer.update(phase="saving", force=True)
    assert writer.end("finished") == last == run.status()
    assert (last.state, last.phase, last.fit_seconds) == ("INTERRUPTED", "ended", 0.5)
    assert last.fault == Fault(code="server_gone")


def test_heart_beats_when_there_is_nothing_to_say(fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.02)
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    first = run.status().heartbeat
    threading.Event().wait(0.2)
    assert first is not None and (run.status().heartbeat or 0) > first
    writer.end("finished")


def test_last_word_is_written_when_the_disk_is_full(fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the space that the writer held back is left."""
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    write = Run.write_status

    def on_a_full_disk(run: Run, status: Status) -> None:
        if (run.folder / "reserve").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        write(run, status)

    monkeypatch.setattr(Run, "write_status", on_a_full_disk)
    with pytest.raises(OSError, match="space"):
        writer.update(phase="training")
    writer.end("interrupted", Fault(code="disk_full"))
    assert run.status().fault == Fault(code="disk_full")


def test_run_that_goes_on_has_no_results_from_its_first_word(fake_run: FakeRun) -> None:
    run = fake_run("STOPPED", fit_seconds=9.0)
    run.write_status(transition(run.written_status(), "resumed", 500.0))
    assert run.results() is not None
    writer = StatusWriter(run)
    assert run.results() is None and run.status().fit_seconds is None
    writer.end("paused")


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED", "FINISHED", "FAILED", "INTERRUPTED"])
def test_run_that_does_not_wait_is_not_begun(state: str, fake_run: FakeRun) -> None:
    run = fake_run(state)
    before = run.written_status(), run.results()
    with pytest.raises(ImpossibleTransition):
        StatusWriter(run)
    assert (run.written_status(), run.results()) == before


def test_attempts_add_up_their_time(fake_run: FakeRun) -> None:
    run = fake_run("INTERRUPTED", started_at=100.0, ended_at=130.0, heartbeat=130.0)
    run.write_status(transition(run.written_status(), "resumed", 500.0))
    waiting = run.status()
    assert (waiting.state, waiting.attempt, waiting.seconds(510.0)) == ("QUEUED", 2, 30.0)
    writer = StatusWriter(run)
    again = run.status()
    assert again.seconds((again.started_at or 0) + 5) == pytest.approx(35)
    writer.end("finished")


def test_lease_is_kept_with_every_beat_and_given_up_at_the_end(
    fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    lease = run.lease()
    assert lease and not run.claim()
    first = (lease.place / CONTENT).read_bytes()
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.0)
    writer.update()
    assert (lease.place / CONTENT).read_bytes() != first
    writer.end("finished")
    assert run.lease() is None and run.claim()


def test_not_a_word_more_is_written_when_another_machine_has_taken_the_run_up(
    fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This one had slept for longer than its lease."""
    run = fake_run("QUEUED")
    writer = StatusWriter(run)
    lease = run.lease()
    assert lease
    (lease.place.parent / "claim-9").mkdir()
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.0)
    before = run.written_status()
    writer.update(phase="saving")
    writer.end("finished")
    assert writer.leaving.is_set() and run.written_status() == before
