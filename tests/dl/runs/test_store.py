"""Runs get numbers of their own, and no id leads out of the folder."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dl.datasets import Dataset
from dl.errors import CheckpointMissing, UnknownRun
from dl.runs import Run, RunStore
from dl.runs.checkpoints import Snapshot
from dl.runs.deleted import DeletedRuns
from dl.runs.store import LAST
from dl.specs import Fork, RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace

CREATE_TWENTY = """\
import sys
from dl.datasets import DatasetStore
from dl.specs.presets import default_spec
from dl.runs import RunStore
from dl.workspace import Workspace
workspace = Workspace.from_environment()
digits = DatasetStore(workspace).imported("digits")
sys.stdin.readline()
print(*[RunStore(workspace.runs).create(default_spec(digits), digits).id for _ in range(20)])
"""

CREATE_AND_REMOVE_TWO_HUNDRED = """\
import shutil, sys
from pathlib import Path
from dl.runs import RunStore
store = RunStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(200):
    run = store._next()
    shutil.rmtree(run.folder)
    print(run.id)
"""


@pytest.fixture
def store(workspace: Workspace) -> RunStore:
    return RunStore(workspace.runs)


def test_new_run_waits_with_its_request_and_its_data_pinned(store: RunStore, digits: Dataset) -> None:
    run = store.create(default_spec(digits), digits)
    assert run.id == "1"
    assert run.status().state == "QUEUED" and run.status().epochs == 5
    assert run.dataset() == digits
    assert run.spec().data.fingerprint == digits.fingerprint
    assert run.spec().model == default_spec(digits).model


@pytest.fixture
def parent(store: RunStore, digits: Dataset) -> Run:
    """It kept its second epoch."""
    run = store.create(default_spec(digits), digits)
    run.checkpoints.write(Snapshot({"weights": np.ones(2)}, {}), step=24, epoch=2, within=False)
    return run


def fork_of(parent: Run, epoch: int = 2, step: int = 24) -> RunSpec:
    return parent.spec().model_copy(update={"fork": Fork(run=parent.id, epoch=epoch, step=step)})


@pytest.mark.parametrize("epoch_and_step", [(2, 24), (1, 24), (2, 12)])
def test_no_fork_is_ever_made_without_the_saved_epoch_that_it_names(
    epoch_and_step: tuple[int, int], store: RunStore, parent: Run, digits: Dataset
) -> None:
    """It would train from random weights, and record nothing until it is past that epoch."""
    origin = None if epoch_and_step == (2, 24) else parent.checkpoints.at_epoch(2)
    with pytest.raises(CheckpointMissing) as error:
        store.create(fork_of(parent, *epoch_and_step), digits, origin=origin)
    assert error.value.facts == {"run": parent.id, "epoch": epoch_and_step[0], "step": epoch_and_step[1]}
    assert store.list() == [parent]


def test_fork_begins_again_at_its_own_copy_and_else_at_that_of_its_parent(
    store: RunStore, parent: Run, digits: Dataset
) -> None:
    kept = parent.checkpoints.at_epoch(2)
    forked = store.create(fork_of(parent), digits, origin=kept)
    own = forked.checkpoints.at_epoch(2)
    assert own and kept and store.origin(forked.spec(), forked) == own
    own.path.write_bytes(b"PK")
    assert store.origin(forked.spec(), forked) == store.origin(forked.spec()) == kept
    kept.path.unlink()
    with pytest.raises(CheckpointMissing):
        store.origin(forked.spec(), forked)
    assert store.origin(parent.spec()) is None


@pytest.mark.parametrize("other", ["data", "model", "seed", "nothing left"])
def test_fork_does_not_begin_at_a_stranger_that_has_the_number_of_its_parent(
    other: str, store: RunStore, parent: Run, digits: Dataset
) -> None:
    """As when its specification is taken to another computer."""
    changed = {
        "data": {"data": parent.spec().data.model_copy(update={"fingerprint": "0" * 64})},
        "model": {"model": default_spec(digits, "convolutional").model},
        "seed": {"training": parent.spec().training.model_copy(update={"seed": 7})},
        "nothing left": {},
    }
    spec = fork_of(parent).model_copy(update=changed[other])
    if other == "nothing left":
        shutil.rmtree(parent.folder)
    with pytest.raises(CheckpointMissing):
        store.origin(spec)


def test_numbers_go_up_and_are_listed_newest_first(store: RunStore, digits: Dataset) -> None:
    for _ in range(11):
        store.create(default_spec(digits), digits)
    assert [run.id for run in store.list()] == [str(number) for number in range(11, 0, -1)]


def test_number_of_a_run_that_was_removed_is_never_given_again(store: RunStore, digits: Dataset) -> None:
    """Or its forks would be drawn as those of a stranger."""
    for _ in range(3):
        newest = store.create(default_spec(digits), digits)
    shutil.rmtree(newest.folder)
    assert store.create(default_spec(digits), digits).id == "4"
    for run in store.list():
        shutil.rmtree(run.folder)
    assert RunStore(store.folder).create(default_spec(digits), digits).id == "5"


@pytest.mark.parametrize("counter", [None, b"", b"nonsense", b"1"])
def test_numbers_go_on_after_the_newest_run_when_the_counter_is_missing_nonsense_or_old(
    counter: bytes | None, store: RunStore, digits: Dataset
) -> None:
    for _ in range(3):
        store.create(default_spec(digits), digits)
    if counter is None:
        (store.folder / LAST).unlink()
    else:
        (store.folder / LAST).write_bytes(counter)
    assert store.create(default_spec(digits), digits).id == "4"


def test_list_is_empty_when_nothing_ever_ran(tmp_path: Path) -> None:
    assert RunStore(tmp_path / "nowhere").list() == []


def test_strange_entries_are_not_runs(store: RunStore, digits: Dataset) -> None:
    for name in ("007", "x", "1.5", "-1", ".tmp"):
        (store.folder / name).mkdir(parents=True)
    assert store.list() == []
    assert store.create(default_spec(digits), digits).id == "1"


def test_taken_number_is_passed_over_when_the_listing_missed_it(
    store: RunStore, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(default_spec(digits), digits)
    monkeypatch.setattr(store, "list", lambda: [])
    assert store.create(default_spec(digits), digits).id == "2"


def test_numbers_are_unique_when_many_threads_create(store: RunStore, digits: Dataset) -> None:
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: store.create(default_spec(digits), digits), range(80)))
    assert sorted(int(run.id) for run in runs) == list(range(1, 81))
    assert all(run.spec() and run.dataset() and run.status().state == "QUEUED" for run in runs)


def test_numbers_are_unique_when_two_processes_create(workspace: Workspace) -> None:
    command, pipes = [sys.executable, "-c", CREATE_TWENTY], {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    numbers = [int(id) for process in processes for id in process.communicate("go\n", timeout=60)[0].split()]
    assert sorted(numbers) == list(range(1, 41))


def test_no_number_is_given_twice_when_processes_make_runs_and_remove_them_for_good_at_once(store: RunStore) -> None:
    """In a folder that has no counter yet: nothing but the counter remembers a run that is gone."""
    (store.folder / "7").mkdir(parents=True)
    command = [sys.executable, "-c", CREATE_AND_REMOVE_TWO_HUNDRED, str(store.folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    numbers = [int(id) for process in processes for id in process.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == list(range(8, 608))


def test_number_of_a_deleted_run_is_not_given_when_there_is_no_counter(store: RunStore, digits: Dataset) -> None:
    runs = [store.create(default_spec(digits), digits) for _ in range(2)]
    DeletedRuns(store.folder).add(runs[1])
    (store.folder / LAST).unlink()
    assert store.create(default_spec(digits), digits).id == "3"
    DeletedRuns(store.folder).remove(runs[1].id)
    assert store.create(default_spec(digits), digits).id == "4"


@pytest.mark.parametrize(
    "id",
    [
        "2",
        "",
        "0",
        "01",
        "-1",
        "1 ",
        "1\n",
        "..",
        "../1",
        "../../etc/passwd",
        "1/../1",
        "/",
        "1/",
        "١",
        "abc",
        "9" * 10,
    ],
)
def test_id_is_unknown_when_it_is_no_number_of_a_run(store: RunStore, digits: Dataset, id: str) -> None:
    store.create(default_spec(digits), digits)
    with pytest.raises(UnknownRun) as error:
        store.get(id)
    assert error.value.facts == {"run": id}


def test_known_id_gives_its_run(store: RunStore, digits: Dataset) -> None:
    run = store.create(default_spec(digits), digits)
    assert store.get("1") == run
