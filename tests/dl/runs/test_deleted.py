"""Deleting moves a run aside, whole, and undoing it brings it back as it was."""

import os
import time
from collections.abc import Callable

import psutil
import pytest

from dl.aside import DAY, KEPT_DAYS
from dl.datasets import Dataset
from dl.errors import RunAtWork, UnknownRun
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.status import State
from dl.runs.store import LAST
from dl.specs.presets import default_spec

FakeRun = Callable[..., Run]


def content(run: Run) -> dict[str, bytes]:
    files = (path for path in run.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(run.folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED", "FINISHED", "FAILED", "INTERRUPTED"])
def test_deleted_run_is_listed_nowhere_and_comes_back_as_it_was(
    state: State, supervisor: Supervisor, fake_run: FakeRun
) -> None:
    other, run = fake_run(), fake_run(state, checkpoints=[2], log="all of it")
    run.relabel(name="mine")
    before = content(run)
    assert supervisor.delete([run]) == [run]
    assert supervisor.store.list() == [other] and supervisor.queue() == []
    with pytest.raises(UnknownRun):
        supervisor.store.get(run.id)
    assert supervisor.deleted.restore(run.id) == run
    assert supervisor.store.list() == [run, other] and content(run) == before
    assert supervisor.deleted.list() == []


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING"])
def test_nothing_is_deleted_when_one_of_them_is_at_work(
    state: State, supervisor: Supervisor, fake_run: FakeRun
) -> None:
    ended, busy = fake_run(), fake_run(state)
    with pytest.raises(RunAtWork) as error:
        supervisor.delete([ended, busy])
    assert error.value.facts == {"run": busy.id}
    assert supervisor.store.list() == [busy, ended]


def test_run_whose_process_only_sleeps_is_at_work(supervisor: Supervisor, fake_run: FakeRun) -> None:
    """It reads as interrupted, but will write on."""
    run = fake_run("RUNNING", heartbeat=time.time() - 3600)
    assert run.status().state == "INTERRUPTED"
    with pytest.raises(RunAtWork):
        supervisor.delete([run])


def test_run_of_a_dead_process_can_be_deleted(supervisor: Supervisor, fake_run: FakeRun) -> None:
    pid = next(pid for pid in range(2**22, 0, -1) if not psutil.pid_exists(pid))
    assert supervisor.delete([fake_run("RUNNING", pid=pid)])


def test_damaged_run_can_be_deleted(supervisor: Supervisor, fake_run: FakeRun) -> None:
    run = fake_run()
    (run.folder / "status.json").write_bytes(b"{")
    assert supervisor.delete([run]) == [run]


def test_deleting_or_restoring_twice_is_harmless(supervisor: Supervisor, fake_run: FakeRun) -> None:
    run, other = fake_run(), fake_run()
    supervisor.delete([run])
    assert supervisor.delete([run, other]) == [other]
    supervisor.deleted.restore(run.id)
    with pytest.raises(UnknownRun):
        supervisor.deleted.restore(run.id)
    assert run.status().state == "FINISHED"


@pytest.mark.parametrize("id", ["../1", "..", "", "9", "1/../1"])
def test_only_a_deleted_run_can_be_restored(id: str, supervisor: Supervisor, fake_run: FakeRun) -> None:
    supervisor.delete([fake_run()])
    for action in (supervisor.deleted.restore, supervisor.deleted.remove):
        with pytest.raises(UnknownRun):
            action(id)
    assert [run.id for run in supervisor.deleted.list()] == ["1"]


@pytest.mark.parametrize("counter", ["kept", "missing"])
def test_number_of_a_deleted_run_is_not_given_again(
    counter: str, supervisor: Supervisor, fake_run: FakeRun, digits: Dataset
) -> None:
    supervisor.delete([fake_run(), fake_run()])
    if counter == "missing":
        (supervisor.store.folder / LAST).unlink()
    assert supervisor.store.create(default_spec(digits), digits).id == "3"


def test_interrupted_run_can_go_on_after_it_was_brought_back(supervisor: Supervisor, fake_run: FakeRun) -> None:
    run = fake_run("INTERRUPTED")
    supervisor.queue()
    supervisor.delete([run])
    supervisor.queue()
    supervisor.resume(supervisor.deleted.restore(run.id))
    assert supervisor.queue() == [run]


def test_last_deleted_comes_first(supervisor: Supervisor, fake_run: FakeRun) -> None:
    runs = [fake_run(), fake_run(), fake_run()]
    for age, run in zip((10, 30, 20), runs, strict=True):
        supervisor.delete([run])
        _age(supervisor, run, age)
    assert [run.id for run in supervisor.deleted.list()] == ["1", "3", "2"]


def test_runs_deleted_long_ago_are_removed_when_the_next_is_deleted(supervisor: Supervisor, fake_run: FakeRun) -> None:
    old, young, next_one = fake_run(), fake_run(), fake_run()
    supervisor.delete([old, young])
    _age(supervisor, old, KEPT_DAYS * DAY + 60)
    _age(supervisor, young, KEPT_DAYS * DAY - 60)
    supervisor.delete([next_one])
    assert [run.id for run in supervisor.deleted.list()] == [next_one.id, young.id]


def test_runs_deleted_long_ago_are_removed_when_the_server_starts(supervisor: Supervisor, fake_run: FakeRun) -> None:
    run = fake_run()
    supervisor.delete([run])
    _age(supervisor, run, KEPT_DAYS * DAY + 60)
    supervisor.start()
    assert supervisor.deleted.list() == []


def test_old_run_is_kept_for_as_long_as_a_young_one_and_can_be_removed_at_once(
    supervisor: Supervisor, fake_run: FakeRun
) -> None:
    """What counts is when it was deleted."""
    run = fake_run()
    os.utime(run.folder, (0, 0))
    supervisor.delete([run])
    supervisor.delete([fake_run()])
    assert run.id in [deleted.id for deleted in supervisor.deleted.list()]
    supervisor.deleted.remove(run.id)
    assert run.id not in [deleted.id for deleted in supervisor.deleted.list()]


def test_deleted_runs_are_no_runs(supervisor: Supervisor, fake_run: FakeRun) -> None:
    supervisor.delete([fake_run()])
    assert RunStore(supervisor.store.folder).list() == []


def _age(supervisor: Supervisor, run: Run, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(supervisor.deleted.folder / run.id, (moment, moment))
