"""One run on disk: read whole or refused, claimed once, and asked to stop as often as one likes.

A reader also sees of it whether its worker is dead.
"""

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from dl.errors import RunDamaged
from dl.runs import Run
from dl.runs.run import LOG_BYTES, STALE_SECONDS, as_seen
from dl.runs.status import ENDED, State, Status

FakeRun = Callable[..., Run]
NOW = time.time()
NONSENSE = {
    "missing": None,
    "empty": b"",
    "torn": b'{"version": 1, "da',
    "binary": b"\x00\xff" * 100,
    "another thing": b'{"answer": 42}',
    "a list": b"[]",
}


def damage(run: Run, name: str, content: bytes | None) -> None:
    if content is None:
        (run.folder / name).unlink()
    else:
        (run.folder / name).write_bytes(content)


@pytest.mark.parametrize("damaged", NONSENSE)
@pytest.mark.parametrize("name", ["spec.json", "dataset.json", "status.json"])
def test_run_is_damaged_when_a_file_is_torn_empty_or_missing(fake_run: FakeRun, name: str, damaged: str) -> None:
    run = fake_run()
    damage(run, name, NONSENSE[damaged])
    read = {"spec.json": run.spec, "dataset.json": run.dataset, "status.json": run.status}
    with pytest.raises(RunDamaged) as error:
        read.pop(name)()
    assert error.value.facts == {"run": run.id, "file": name}
    assert all(other() for other in read.values()), "the other files can still be read"


def test_run_is_damaged_when_its_folder_is_a_file_or_gone(fake_run: FakeRun) -> None:
    folder = fake_run().folder
    (folder.parent / "2").write_bytes(b"")
    for name in ("2", "3"):
        with pytest.raises(RunDamaged):
            Run(folder.parent / name).status()


def test_state_that_no_reader_knows_is_damage(fake_run: FakeRun) -> None:
    run = fake_run()
    text = (run.folder / "status.json").read_text()
    (run.folder / "status.json").write_text(text.replace("FINISHED", "ASLEEP"))
    with pytest.raises(RunDamaged):
        run.status()


def test_predictions_are_read_as_they_were_written(fake_run: FakeRun) -> None:
    run = fake_run()
    predictions, results = run.predictions(), run.results()
    assert predictions is not None and results is not None
    assert predictions.outputs.shape == (360, 10) and predictions.outputs.dtype == np.float32
    assert (predictions.predicted == predictions.targets).mean() == results.scores["accuracy"]


def test_predictions_of_a_run_of_before_are_read_by_their_old_names(fake_run: FakeRun) -> None:
    folder = fake_run().folder / "predictions"
    (folder / "test_targets.npy").rename(folder / "test_labels.npy")
    outputs = (folder / "test_outputs.npy").rename(folder / "test_probabilities.npy")
    read = Run(folder.parent).predictions()
    assert read is not None and read.targets.shape == (360,) and (read.outputs == np.load(outputs)).all()


def test_rows_of_a_table_are_read_beside_its_predictions(fake_run: FakeRun) -> None:
    run = fake_run()
    found = run.predictions()
    assert found is not None and found.rows is None
    np.save(run.folder / "predictions" / "test_rows.npy", np.arange(360) * 2)
    found = run.predictions()
    assert found is not None and found.rows is not None and found.rows[-1] == 718
    np.save(run.folder / "predictions" / "test_rows.npy", np.arange(359))
    with pytest.raises(RunDamaged):
        run.predictions()


def test_no_predictions_are_there_before_the_worker_has_written_them(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    assert run.predictions() is None
    (run.folder / "predictions").mkdir()
    assert run.predictions() is None


@pytest.mark.parametrize("name", ["test_targets.npy", "test_outputs.npy"])
@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', ", b"nonsense", "cut"])
def test_predictions_are_damaged_when_a_file_is_torn(fake_run: FakeRun, name: str, content: bytes | str) -> None:
    run = fake_run()
    file = run.folder / "predictions" / name
    file.write_bytes(file.read_bytes()[:-5] if content == "cut" else content)  # type: ignore[arg-type]
    with pytest.raises(RunDamaged) as error:
        run.predictions()
    assert error.value.facts == {"run": run.id, "file": "predictions"}


def test_predictions_are_damaged_when_the_labels_are_missing_or_of_other_rows(fake_run: FakeRun) -> None:
    run = fake_run()
    labels = run.folder / "predictions" / "test_targets.npy"
    np.save(labels, np.zeros(7, np.int64))
    with pytest.raises(RunDamaged):
        run.predictions()
    labels.unlink()
    with pytest.raises(RunDamaged):
        run.predictions()


def test_log_is_read_from_its_end_and_is_empty_when_there_is_none(fake_run: FakeRun) -> None:
    run = fake_run("FAILED", log="x" * LOG_BYTES + "the reason \N{CJK UNIFIED IDEOGRAPH-56E0}")
    assert run.log_tail().endswith("the reason 因") and len(run.log_tail()) <= LOG_BYTES
    (run.folder / "log.txt").unlink()
    assert run.log_tail() == ""


def test_stop_may_be_asked_for_twice(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    assert run.requested_at("stop") is None
    run.request("stop")
    run.request("stop")
    assert run.requested_at("stop") is not None


def test_learning_rate_is_given_again_until_it_is_taken(fake_run: FakeRun) -> None:
    """So that it is not lost when the worker is killed before it has noted it; a newer one takes its place."""
    run = fake_run("RUNNING")
    assert run.take_learning_rate() is None
    run.request_learning_rate(0.1)
    assert run.take_learning_rate() == run.take_learning_rate() == 0.1
    run.request_learning_rate(0.2)
    assert run.take_learning_rate() == 0.2
    run.learning_rate_taken()
    assert run.take_learning_rate() is None


def test_run_is_claimed_once_until_it_is_released(fake_run: FakeRun) -> None:
    run = fake_run("QUEUED")
    lease = run.claim()
    assert lease and run.lease() == lease and not run.claim()
    lease.release()
    assert run.lease() is None and run.claim()


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "STOPPED", "FINISHED", "FAILED", "INTERRUPTED"])
def test_fake_run_reads_like_a_real_one_in_every_state(fake_run: FakeRun, state: str) -> None:
    run = fake_run(state, epochs=2, steps_per_epoch=5)
    assert run.status().state == state
    begun = state != "QUEUED"
    assert len(run.steps()) == 10 * begun and len(run.epochs()) == 2 * begun
    assert (run.predictions() is not None) == (state in ("FINISHED", "STOPPED"))


def running(**facts: object) -> Status:
    own = psutil.Process()
    known = {"pid": own.pid, "process_started": own.create_time(), "heartbeat": NOW, "phase": "training"}
    return Status.model_validate({"state": "RUNNING", "queued_at": NOW} | known | facts)


@pytest.fixture
def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_run_is_running_when_its_process_lives_and_its_heart_beats() -> None:
    assert as_seen(running(), NOW) == running()


def test_run_reads_interrupted_when_its_process_is_dead(dead_pid: int) -> None:
    seen = as_seen(running(pid=dead_pid), NOW)
    assert (seen.state, seen.phase, seen.ended_at) == ("INTERRUPTED", "ended", NOW)
    assert seen.fault is not None and seen.fault.code == "worker_gone"


def test_run_reads_interrupted_when_its_pid_belongs_to_another_process_by_now() -> None:
    started = psutil.Process().create_time()
    assert as_seen(running(process_started=started - 3600), NOW).state == "INTERRUPTED"


def test_run_reads_interrupted_when_its_worker_is_a_zombie() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(child.pid).create_time()
    try:
        deadline = time.monotonic() + 30
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.01)
        assert as_seen(running(pid=child.pid, process_started=started), NOW).state == "INTERRUPTED"
    finally:
        child.wait()


def test_run_reads_interrupted_when_its_heartbeat_is_stale() -> None:
    assert as_seen(running(heartbeat=NOW - STALE_SECONDS - 1), NOW).state == "INTERRUPTED"
    assert as_seen(running(heartbeat=NOW - STALE_SECONDS + 1), NOW).state == "RUNNING"


def test_run_is_running_when_it_was_only_just_handed_over() -> None:
    assert as_seen(running(pid=None, heartbeat=None), NOW).state == "RUNNING"


@pytest.mark.parametrize("state", ["QUEUED", *sorted(ENDED)])
def test_other_states_are_seen_as_they_stand_whatever_became_of_the_process(state: State, dead_pid: int) -> None:
    status = running(state=state, pid=dead_pid, heartbeat=0.0)
    assert as_seen(status, NOW) == status
    assert status.ended == (state != "QUEUED")


def test_run_of_another_machine_is_interrupted_when_its_heart_is_not_heard_any_more() -> None:
    elsewhere = running(host="another_machine", pid=999_999_999)
    assert as_seen(elsewhere, NOW).state == "RUNNING"
    assert as_seen(elsewhere, NOW + STALE_SECONDS + 1).state == "INTERRUPTED"
