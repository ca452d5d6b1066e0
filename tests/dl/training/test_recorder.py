"""What the engine tells is recorded once, and what is wished is told when its turn has come."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

import numpy as np
import pytest

from dl.runs import Run
from dl.runs.checkpoints import KEPT, Snapshot
from dl.runs.log.steps import StepLog
from dl.training.recorder import (
    CHECKPOINT_SECONDS,
    CHECKPOINT_SHARE,
    Chunk,
    Position,
    RunRecorder,
    TimeBudget,
    Wishes,
)
from dl.training.status_writer import StatusWriter

LONG_AGO = -1e6  # so that whatever has a price can be paid for
RECORD = {"loss": 0.5, "accuracy": 0.8, "steps": 10, "seconds": 1.0, "time": 1e9}


def chunk(first: int, count: int) -> Chunk:
    steps = np.arange(first, first + count)
    return Chunk(1 + first // 10, first, 1e9 + steps, np.stack([steps / 100, np.zeros(count)]), 0.01)


@pytest.fixture
def make(fake_run: Callable[..., Run]) -> Iterator[Callable[..., tuple[Run, RunRecorder]]]:
    """A recorder of a run that has `epochs` of ten steps behind it."""
    writers = []

    def build(
        state: str = "QUEUED", began: float = LONG_AGO, clock: Callable[[], float] = time.perf_counter, **facts: int
    ) -> tuple[Run, RunRecorder]:
        run = fake_run(state, steps_per_epoch=10, **facts)
        writers.append(StatusWriter(run))
        return run, RunRecorder(run, writers[-1], StepLog(run.folder), began, clock)

    yield build
    for writer in writers:
        writer.end("failed")


def test_steps_and_epochs_are_recorded_as_they_come(
    make: Callable[..., tuple[Run, RunRecorder]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dl.training.status_writer.WRITE_SECONDS", 0.0)
    run, recorder = make()
    for part in (chunk(0, 4), chunk(4, 6)):
        assert recorder.chunk(part) == Wishes()
    recorder.epoch({"epoch": 1, **RECORD})
    assert run.steps()["loss"].tolist() == pytest.approx([step / 100 for step in range(10)])
    assert [record["epoch"] for record in run.epochs()] == [1]
    status = run.status()
    assert (status.step, status.steps_per_call, status.steps_per_second, status.learning_rate) == (10, 6, 1.0, 0.01)


def test_steps_that_are_gone_through_once_more_stay_as_they_were_recorded(
    make: Callable[..., tuple[Run, RunRecorder]],
) -> None:
    run, recorder = make("RUNNING", epochs=2)
    before = run.steps()["loss"].tolist()
    run.request("stop")
    run.request_learning_rate(0.5)
    assert recorder.chunk(chunk(10, 6)) == Wishes(), "a wish follows what was seen, so it waits"
    assert recorder.chunk(chunk(16, 10)) == Wishes(stop=True, learning_rate=0.5)
    recorder.epoch({"epoch": 2, **RECORD})
    losses = run.steps()["loss"].tolist()
    assert losses[:20] == before and losses[20:] == pytest.approx([step / 100 for step in range(20, 26)])
    assert len(run.epochs()) == 2
    assert [(change.step, change.learning_rate) for change in run.changes()] == [(26, 0.5)]


def test_pause_is_told_at_once(make: Callable[..., tuple[Run, RunRecorder]]) -> None:
    run, recorder = make("RUNNING", epochs=2)
    run.request("pause")
    assert recorder.wishes(3) == Wishes(pause=True)


def test_best_epochs_are_kept_by_each_score_when_others_are_thinned(
    make: Callable[..., tuple[Run, RunRecorder]],
) -> None:
    run, recorder = make()
    for epoch in range(1, 44):
        scores = {"val_loss": 0.1 if epoch == 4 else 0.5, "val_accuracy": 0.9 if epoch == 7 else 0.5}
        recorder.epoch({"epoch": epoch, **RECORD, **scores})
        recorder.checkpoint(Position(step=10 * epoch, epoch=epoch), lambda: Snapshot({}, {}), at_once=False)
    kept = {point.epoch for point in run.checkpoints.list()}
    assert {1, 4, 7, 43} <= kept and len(kept) == KEPT


def test_what_has_to_be_paid_for_waits_and_nothing_is_kept_twice(
    make: Callable[..., tuple[Run, RunRecorder]],
) -> None:
    ticks = itertools.count()  # a second between any two looks at the clock, so what is written costs a second
    run, recorder = make(began=0.0, clock=lambda: float(next(ticks)))
    first, second = Position(step=10, epoch=1), Position(step=20, epoch=2)
    for position, at_once, kept in ((first, False, 1), (second, False, 1), (second, True, 2), (second, True, 2)):
        recorder.checkpoint(position, lambda: Snapshot({}, {}), at_once)
        assert len(run.checkpoints.list()) == kept


def test_sums_do_not_depend_on_how_the_steps_were_divided() -> None:
    rows, scores = np.full(10, 32), np.random.default_rng(0).random((3, 10)).astype("f4")
    once, twice = Position(), Position()
    once.add(rows, scores)
    twice.add(rows[:3], scores[:, :3])
    twice = Position.saved(asdict(twice))
    twice.add(rows[3:], scores[:, 3:])
    assert once == twice and (once.step, once.rows) == (10, 320)
    assert once.sums == pytest.approx((32 * scores).sum(axis=1), rel=1e-6)


@pytest.mark.parametrize(("steps", "sums"), [(4, [2.5, 1.5]), (0, [])])
def test_position_of_before_there_were_more_metrics_is_read(steps: int, sums: list[float]) -> None:
    before = {"step": 24, "epoch": 2, "steps": steps, "rows": 128, "loss": 2.5, "metric": 1.5, "seconds": 3.0}
    assert Position.saved(before) == Position(24, 2, steps, 128, sums, 3.0)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("cost", "epoch"), [(0.004, 0.3), (0.5, 1.0), (2.0, 300.0)])
def test_checkpoints_cost_at_most_their_share_of_the_time(cost: float, epoch: float) -> None:
    clock, spent, kept = Clock(), 0.0, 0
    budget = TimeBudget(0.0, CHECKPOINT_SHARE, CHECKPOINT_SECONDS, clock)
    for _ in range(2000):
        clock.now += epoch
        if budget.allows(epoch_ended=True):
            clock.now, spent, kept = clock.now + cost, spent + cost, kept + 1
            budget.spend(cost)
    assert kept > 5 and spent <= CHECKPOINT_SHARE * clock.now


def test_epochs_without_an_end_in_sight_are_saved_in_between() -> None:
    clock = Clock()
    budget = TimeBudget(0.0, CHECKPOINT_SHARE, CHECKPOINT_SECONDS, clock)
    clock.now = CHECKPOINT_SECONDS - 1
    assert not budget.allows(epoch_ended=False) and budget.allows(epoch_ended=True)
    clock.now = CHECKPOINT_SECONDS + 1
    assert budget.allows(epoch_ended=False)
