"""The table of all runs: what stands in a row, that it is never stale, and that each run is read once."""

import shutil
from collections.abc import Callable

import psutil
import pytest

from dl.datasets import Dataset
from dl.runs import Run, RunStore
from dl.runs import table as table_module
from dl.runs.results import Results, write_results
from dl.runs.table import RunRow, RunTable, best_of_each
from dl.specs import RunSpec
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
BuildSpec = Callable[..., RunSpec]


@pytest.fixture
def table(workspace: Workspace) -> RunTable:
    return RunTable(RunStore(workspace.runs))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs that are read, as they are."""
    found: list[str] = []
    original = table_module.read_row

    def noted(run: Run) -> RunRow:
        found.append(run.id)
        return original(run)

    monkeypatch.setattr(table_module, "read_row", noted)
    return found


def test_row_tells_what_was_asked_and_what_was_reached(
    table: RunTable, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    run = fake_run(spec=digits_spec(epochs=7, batch_size=16), reached={"accuracy": 0.875}, fit_seconds=4.5)
    run.relabel(name="mine", note="why?", star=True)
    (row,) = table.rows()
    asked = row.request
    assert asked and (asked.dataset, asked.preset, asked.structure) == ("digits", "textbook", "Dense 128 → 10")
    assert (asked.layers, asked.parameters) == (4, (64 + 1) * 128 + (128 + 1) * 10)
    assert (asked.optimizer, asked.learning_rate, asked.batch_size, asked.epochs) == ("Adam", 0.001, 16, 7)
    assert row.label == run.label() and row.run == run and row.test_score == 0.875
    last = run.epochs()[-1]
    assert row.scores == {name: last[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
    assert row.status and row.status.fit_seconds == 4.5


def test_last_epoch_is_found_at_the_end_of_a_long_file(table: RunTable, fake_run: FakeRun) -> None:
    run = fake_run(epochs=60)
    assert (run.folder / "epochs.jsonl").stat().st_size > 8192
    assert table.row(run).scores["val_loss"] == run.epochs()[-1]["val_loss"]
    with open(run.folder / "epochs.jsonl", "ab") as file:
        file.write(b'{"epoch": 61, "val_loss": 9')
    assert table_module.read_row(run).scores["val_loss"] == run.epochs()[-1]["val_loss"]


def test_runs_without_results_or_in_ruins_have_their_row_too(table: RunTable, fake_run: FakeRun) -> None:
    waiting, torn, lost = fake_run("QUEUED"), fake_run(), fake_run()
    (torn.folder / "status.json").write_bytes(b"{")
    (lost.folder / "spec.json").unlink()
    rows = {row.run: row for row in table.rows()}
    assert list(rows) == [lost, torn, waiting]
    assert (rows[waiting].scores, rows[waiting].test_score) == ({}, None)
    assert (rows[torn].status, rows[torn].test_score) == (None, None) and rows[torn].request
    assert rows[lost].request is None and rows[lost].status


def test_run_is_read_once_and_again_when_it_has_changed(table: RunTable, fake_run: FakeRun, read: list[str]) -> None:
    runs = [fake_run(), fake_run()]
    for _ in range(3):
        table.rows()
        table.row(runs[0])
    assert sorted(read) == ["1", "2"]
    runs[0].relabel(name="new")
    assert [row.label.name for row in table.rows()] == ["", "new"]
    write_results(runs[1].folder, Results(scores={"accuracy": 0.5}))
    runs[1].write_status(runs[1].written_status())
    assert next(row.test_score for row in table.rows()) == 0.5
    (runs[0].folder / "label.json").unlink()
    assert table.row(runs[0]).label.name == ""
    assert sorted(read) == ["1", "1", "1", "2", "2"]


def test_run_of_a_dead_process_is_seen_as_interrupted_though_no_file_changed(
    table: RunTable, fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_run("RUNNING")
    (row,) = table.rows()
    assert row.status and row.status.state == "RUNNING"
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: 0.0)
    (row,) = table.rows()
    assert row.status and row.status.state == "INTERRUPTED"


def test_removed_run_is_forgotten_and_its_number_may_come_back(
    table: RunTable, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    run = fake_run()
    table.rows()
    shutil.rmtree(run.folder.parent)
    assert table.rows() == []
    again = fake_run(spec=digits_spec("convolutional"))
    assert again == run
    (row,) = table.rows()
    assert row.request and row.request.preset == "convolutional"


def test_best_of_each_data_set_does_not_mix_them(table: RunTable, fake_run: FakeRun, digits: Dataset) -> None:
    best = fake_run(reached={"accuracy": 0.9})
    fake_run(reached={"accuracy": 0.8})
    fake_run("FAILED")
    other = fake_run(reached={"accuracy": 0.7})
    described = digits.model_copy(update={"id": "others"})
    (other.folder / "dataset.json").write_text(described.model_dump_json())
    found = best_of_each(table.rows())
    assert {name: row.run for name, row in found.items()} == {"others": other, "digits": best}
    assert list(found) == ["others", "digits"]
    assert best_of_each([]) == {}
