"""Runs get numbers of their own, and no id leads out of the folder."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dl.datasets import Dataset
from dl.errors import UnknownRun
from dl.presets import default_spec
from dl.runs import RunStore
from dl.workspace import Workspace

CREATE_TWENTY = """\
import sys
from dl.datasets import describe
from dl.presets import default_spec
from dl.runs import RunStore
from dl.workspace import Workspace
workspace = Workspace.from_environment()
digits = describe(workspace, "digits")
sys.stdin.readline()
print(*[RunStore(workspace.runs).create(default_spec(digits), digits).id for _ in range(20)])
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


def test_numbers_go_up_and_are_listed_newest_first(store: RunStore, digits: Dataset) -> None:
    for _ in range(11):
        store.create(default_spec(digits), digits)
    assert [run.id for run in store.list()] == [str(number) for number in range(11, 0, -1)]


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
