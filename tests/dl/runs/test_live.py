"""What is new in a run since somebody last looked: nothing twice, nothing left out."""

import json
import shutil
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dl.datasets import Dataset
from dl.errors import RunDamaged
from dl.runs import Run
from dl.runs import live as live_module
from dl.runs.changes import append_change
from dl.runs.checkpoints import Snapshot
from dl.runs.live import Cursor, LiveRun
from dl.runs.log.schema import read_schema
from dl.runs.log.steps import StepLog, append_epoch
from dl.specs import Fork
from dl.specs.presets import default_spec

FakeRun = Callable[..., Run]


def read(run: Run, until: int | None = None) -> LiveRun:
    live = LiveRun(run, until)
    live.refresh()
    return live


def add_steps(run: Run, count: int, value: float = 0.5) -> None:
    with StepLog(run.folder) as log:
        log.append(np.full(count, time.time()), 4, np.full(count, value), np.full(count, 1 - value))


@pytest.fixture
def fork(fake_run: FakeRun, digits: Dataset) -> Run:
    """Three epochs of 12 steps after epoch 2 and step 24 of another run."""
    spec = default_spec(digits).model_copy(update={"fork": Fork(run=fake_run().id, epoch=2, step=24)})
    run = fake_run("RUNNING", spec=spec, epochs=3, steps_per_epoch=12)
    records = run.epochs()
    (run.folder / "epochs.jsonl").unlink()
    for record in records:
        append_epoch(run.folder, record | {"epoch": record["epoch"] + 2})
    return run


def test_newcomer_is_told_everything(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=3, steps_per_epoch=12)
    news = read(run).news(Cursor(), smoothing=0.9)
    assert news["step"] == 36 and news["time"] == pytest.approx(run.steps()["time"][-1])
    assert all(set(news["curves"][metric]) == {"raw", "smooth"} for metric in ("loss", "accuracy"))
    assert news["curves"]["loss"]["raw"]["step"] == list(range(1, 37))
    assert [(epoch["epoch"], epoch["step"]) for epoch in news["epochs"]] == [(1, 12), (2, 24), (3, 36)]
    assert news["epochs"][0]["val_loss"] == pytest.approx(run.epochs()[0]["val_loss"], rel=1e-5)
    assert news["position"]["state"] == "RUNNING" and news["position"]["scores"]["val_accuracy"] > 0


def test_curves_marks_and_numbers_are_those_of_the_log(fake_run: FakeRun, digits: Dataset) -> None:
    spec = default_spec(digits)
    training = spec.training.model_copy(update={"metrics": ("accuracy", "top_5_accuracy")})
    run = fake_run("RUNNING", spec=spec.model_copy(update={"training": training}), epochs=0)
    assert set(read(run).news(Cursor())["curves"]) == {"loss", "accuracy", "top_5_accuracy"}, "before its first step"
    with StepLog(run.folder, read_schema(run.folder)) as log:
        log.append(np.zeros(2), 1, np.ones(2), np.zeros(2), np.full(2, 0.25))
    append_epoch(run.folder, {"epoch": 1, "steps": 2, "loss": 1.0, "top_5_accuracy": 0.25, "val_top_5_accuracy": 0.75})
    live = read(run)
    assert (
        live.news(Cursor())["position"]["scores"]["val_top_5_accuracy"] == live.epochs[0]["val_top_5_accuracy"] == 0.75
    )
    assert live.news(Cursor(step=1))["columns"]["top_5_accuracy"] == [0.25]
    assert list(live.curves(metrics=["top_5_accuracy", "unknown"])) == ["top_5_accuracy"]


def test_reader_gets_only_what_came_since(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=2, steps_per_epoch=12)
    live = read(run)
    cursor = Cursor.parse(live.news(Cursor())["cursor"])
    add_steps(run, 5)
    append_epoch(run.folder, {"epoch": 3, "loss": 1.0, "accuracy": 0.5, "steps": 5})
    assert live.refresh()
    news = live.news(cursor)
    assert "curves" not in news and "saved" not in news
    assert news["columns"] == {"step": [25, 26, 27, 28, 29], "loss": [0.5] * 5, "accuracy": [0.5] * 5}
    assert [(epoch["epoch"], epoch["step"], epoch["val_loss"]) for epoch in news["epochs"]] == [(3, 29, None)]
    assert live.news(Cursor.parse(news["cursor"]))["epochs"] == []


def test_readers_at_different_places_all_end_with_the_same_steps(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=2, steps_per_epoch=12)
    live, seen = read(run), {rhythm: list[int]() for rhythm in (1, 2, 5)}
    cursors = dict.fromkeys(seen, Cursor())
    for turn in range(1, 11):
        add_steps(run, 3)
        live.refresh()
        for rhythm in seen:
            if turn % rhythm == 0:
                news = live.news(cursors[rhythm])
                seen[rhythm] += news["curves"]["loss"]["raw"]["step"] if "curves" in news else news["columns"]["step"]
                cursors[rhythm] = Cursor.parse(news["cursor"])
    assert all(steps == list(range(1, 55)) for steps in seen.values())


@pytest.mark.parametrize("text", ["", "x", "99", "-3", "1e3", "7-", "9" * 30])
def test_nonsense_and_a_step_that_is_not_there_are_told_everything(text: str, fake_run: FakeRun) -> None:
    assert "curves" in read(fake_run("RUNNING", epochs=2)).news(Cursor.parse(text))


def test_who_has_missed_too_much_begins_anew(fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    live = read(fake_run("RUNNING", epochs=3))
    assert "columns" in live.news(Cursor(10))
    monkeypatch.setattr(live_module, "MOST_NEW_STEPS", 20)
    assert "curves" in live.news(Cursor(10))


def test_step_alone_is_a_cursor_too(fake_run: FakeRun) -> None:
    news = read(fake_run("RUNNING", epochs=2, steps_per_epoch=12)).news(Cursor.parse("20"))
    assert news["columns"]["step"] == [21, 22, 23, 24] and len(news["epochs"]) == 2


def test_nothing_is_new_until_a_file_changes(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    live = read(run)
    assert not live.refresh() and not live.refresh(time.time() + 5)
    changes: list[Callable[[], object]] = [
        lambda: add_steps(run, 1),
        lambda: append_change(run.folder, 3, 0.01, "user"),
        lambda: run.request("pause"),
        lambda: run.request_learning_rate(0.5),
        lambda: run.checkpoints.write(Snapshot({}, {}), 12, 1, within=False),
        lambda: run.write_status(run.written_status().update(phase="evaluating")),
    ]
    for change in changes:
        time.sleep(0.01)
        change()
        assert live.refresh() and not live.refresh()
    position = live.position()
    assert (position["wish"], position["learning_rate_wished"], position["phase"]) == ("pause", 0.5, "evaluating")


def test_dead_process_is_noticed_though_no_file_changes(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    run.write_status(run.written_status().update(heartbeat=time.time() - 59))
    live = read(run)
    assert live.position()["state"] == "RUNNING"
    live.status = live.status.update(pid=1, process_started=0.0)
    run.write_status(run.written_status().update(pid=1, process_started=0.0))
    assert live.refresh(time.time() + 2) and live.position()["state"] == "INTERRUPTED"


def test_marks_come_again_only_when_they_have_changed(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=3, steps_per_epoch=12, checkpoints=[1])
    live = read(run)
    first = live.news(Cursor())
    assert [mark["epoch"] for mark in first["saved"]] == [1] and first["changes"] == []
    add_steps(run, 1)
    live.refresh()
    second = live.news(Cursor.parse(first["cursor"]))
    assert "saved" not in second
    append_change(run.folder, 30, 0.00025, "user")
    live.refresh()
    third = live.news(Cursor.parse(second["cursor"]))
    assert third["changes"] == [{"step": 30, "epoch": 2.5, "learning_rate": 0.00025, "by": "user"}]
    assert [mark["epoch"] for mark in third["saved"]] == [1]


def test_fork_stands_at_the_steps_and_epochs_of_its_run(fork: Run) -> None:
    for step, epoch, within in ((24, 2, False), (36, 3, False), (40, 3, True), (60, 5, False)):
        fork.checkpoints.write(Snapshot({}, {}), step, epoch, within)
    append_change(fork.folder, 42, 0.0005, "user")
    news = read(fork).news(Cursor())
    assert (news["step"], news["before"]) == (60, 24)
    assert news["curves"]["loss"]["raw"]["step"] == list(range(25, 61))
    assert [(epoch["epoch"], epoch["step"]) for epoch in news["epochs"]] == [(3, 36), (4, 48), (5, 60)]
    saved = [(mark["epoch"], mark["step"], mark["loss"]) for mark in news["saved"]]
    scores = {record["epoch"]: record["val_loss"] for record in fork.epochs()}
    assert saved == [(3, 36, pytest.approx(scores[3], rel=1e-5)), (5, 60, pytest.approx(scores[5], rel=1e-5))]
    assert news["changes"][0]["epoch"] == 3.5
    assert read(fork).news(Cursor(58))["columns"]["step"] == [59, 60]


def test_ancestor_is_told_up_to_the_fork_and_no_further(fake_run: FakeRun) -> None:
    news = read(fake_run(epochs=3, steps_per_epoch=12), until=24).news(Cursor(), smoothing=0.5)
    assert news["curves"]["loss"]["raw"]["step"] == news["curves"]["loss"]["smooth"]["step"] == list(range(1, 25))
    assert [epoch["step"] for epoch in news["epochs"]] == [12, 24]


def test_of_thousands_of_epochs_come_no_more_than_can_be_seen(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=0)
    losses = np.random.default_rng(0).random(20_000)
    lines = [f'{{"epoch": {i + 1}, "loss": {loss:.4f}, "steps": 1}}\n' for i, loss in enumerate(losses)]
    (run.folder / "epochs.jsonl").write_text("".join(lines))
    epochs = read(run).news(Cursor())["epochs"]
    assert len(epochs) < 5000 and epochs[0]["epoch"] == 1 and epochs[-1]["epoch"] == 20_000
    assert {int(losses.argmin()) + 1, int(losses.argmax()) + 1} <= {epoch["epoch"] for epoch in epochs}


def test_epoch_that_was_gone_on_with_replaces_the_one_that_was_cut_short(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=1, steps_per_epoch=12)
    live = read(run)
    cursor = Cursor.parse(live.news(Cursor())["cursor"])
    add_steps(run, 3)
    append_epoch(run.folder, {"epoch": 1, "loss": 0.25, "accuracy": 0.5, "steps": 15})
    live.refresh()
    assert [(epoch["epoch"], epoch["step"], epoch["loss"]) for epoch in live.news(cursor)["epochs"]] == [(1, 15, 0.25)]


def test_run_whose_folder_was_removed_raises(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    live = read(run)
    shutil.rmtree(run.folder)
    with pytest.raises(RunDamaged):
        live.refresh()


def test_news_is_plain_json(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=2, checkpoints=[1])
    with StepLog(run.folder) as log:
        log.append(np.zeros(3), 3, np.array([np.nan, np.inf, 1.0]), np.zeros(3))
    news: dict[str, Any] = read(run).news(Cursor(), smoothing=0.9)
    assert json.loads(json.dumps(news, allow_nan=False)) == news
