"""What the engine tells goes into the run's folder; what the user wishes comes out of it."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from dl.errors import RunDamaged
from dl.files import write_atomically
from dl.runs.changes import append_change
from dl.runs.checkpoints import Snapshot
from dl.runs.engine import Engine
from dl.runs.log.steps import StepLog, append_epoch
from dl.runs.run import Run
from dl.runs.weights import LayerPicture, write_weights
from dl.tasks.metrics import VALIDATION, metric
from dl.training.status_writer import StatusWriter

RATE_SECONDS = 3.0
CHECKPOINT_SHARE, CHECKPOINT_SECONDS = 0.03, 30.0
SHOWN_SHARE, SHOWN_SECONDS = 0.02, 0.4


@dataclass(frozen=True)
class Chunk:
    """Steps that have just been made: `time` (steps,), `scores` (metrics, steps); `first` counts the steps before."""

    epoch: int
    first: int
    time: np.ndarray
    scores: np.ndarray
    learning_rate: float


@dataclass(frozen=True)
class Wishes:
    """What is wanted after a chunk; a new `learning_rate` holds from the next step on."""

    stop: bool = False
    pause: bool = False
    learning_rate: float | None = None


@dataclass
class Position:
    """How far the training is: whole epochs done, and within the next one its steps, rows and sums over the rows of
    each metric, the loss first.

    `seconds` is how long it took so far.
    """

    step: int = 0
    epoch: int = 0
    steps: int = 0
    rows: int = 0
    sums: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def saved(cls, facts: dict[str, Any]) -> "Position":
        """As a checkpoint has it; before there could be more metrics than one, the sums had names."""
        if "sums" in facts:
            return cls(**facts)
        sums = [facts["loss"], facts["metric"]] if facts["steps"] else []
        return cls(**{name: value for name, value in facts.items() if name not in ("loss", "metric")}, sums=sums)

    def add(self, rows: np.ndarray, scores: np.ndarray) -> None:
        """`scores` (metrics, steps) of steps with so many `rows`."""
        self.step, self.steps, self.rows = self.step + len(rows), self.steps + len(rows), self.rows + int(rows.sum())
        before = self.sums or [0.0] * len(scores)
        # one after another, so that the sums do not depend on how the steps were divided into calls
        self.sums = np.cumsum(np.column_stack([before, rows * scores]), axis=1)[:, -1].tolist()

    def next_epoch(self) -> None:
        self.epoch, self.steps, self.rows, self.sums = self.epoch + 1, 0, 0, []


class Recorder:
    """Who is told what happened and knows where to begin and what is wanted; this one forgets it and wants nothing.

    `changes` are the learning rates that the user has set on the way before, by steps done. What `checkpoint` and
    `show` are offered they may leave.
    """

    changes: Mapping[int, float] = {}

    def newest(self) -> tuple[Snapshot, bool] | None:
        """Where to go on, and whether that is where a fork begins; None at the beginning."""
        return None

    def wishes(self, step: int) -> Wishes:
        """As they are when `step` steps are done."""
        return Wishes()

    def chunk(self, chunk: Chunk) -> Wishes:
        return self.wishes(chunk.first + len(chunk.time))

    def epoch(self, record: dict[str, float]) -> None: ...
    def rate_lowered(self, step: int, learning_rate: float) -> None: ...
    def checkpoint(self, position: Position, snapshot: Callable[[], Snapshot], at_once: bool) -> None: ...
    def scored(self) -> None: ...
    def show(self, step: int, weights: Callable[[], Sequence[LayerPicture]], at_once: bool) -> None:
        weights()  # for a training that only warms up: what is first read of a variable takes its time


class RunRecorder(Recorder):
    """A resumed run goes through the steps after its checkpoint once more: what was recorded of them stays as it is.

    Until it has caught up, a stop or another learning rate waits, for they are meant to follow what was seen.
    `began` is when the training did, by the `clock`.
    """

    def __init__(
        self, run: Run, writer: StatusWriter, log: StepLog, began: float, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._run, self._writer, self._log, self._clock = run, writer, log, clock
        self._checkpointing = TimeBudget(began, CHECKPOINT_SHARE, CHECKPOINT_SECONDS, clock)
        self._showing = TimeBudget(began, SHOWN_SHARE, SHOWN_SECONDS, clock)
        self.changes = {change.step: change.learning_rate for change in run.changes() if change.by == "user"}
        self._fork = run.spec().fork
        self._recorded = log.recorded + (self._fork.step if self._fork else 0)
        self._epochs = {(record["epoch"], record["steps"]): record for record in run.epochs()}
        self._kept, self._most_steps = -1, 1
        self._recent: deque[tuple[float, int]] = deque()

    def engine(self, engine: Engine) -> None:
        write_atomically(self._run.folder / "engine.json", engine.model_dump_json().encode())

    def newest(self) -> tuple[Snapshot, bool] | None:
        """The newest checkpoint that can be read. A fork has no beginning of its own. Raises RunDamaged."""
        damage = RunDamaged(run=self._run.id, file="checkpoints")
        for checkpoint in reversed(self._run.checkpoints.list()):
            try:
                return checkpoint.read(), self._fork is not None and checkpoint.step == self._fork.step
            except RunDamaged as error:
                print(error, "- the one before it is taken", flush=True)
                damage = error
        if self._fork:
            raise damage
        return None

    def wishes(self, step: int) -> Wishes:
        pause = self._writer.leaving.is_set() or self._run.requested_at("pause") is not None
        if step < self._recorded:
            return Wishes(pause=pause)
        learning_rate = self._run.take_learning_rate()
        if learning_rate is not None:
            append_change(self._run.folder, step, learning_rate, "user")
            self._run.learning_rate_taken()
        return Wishes(self._run.requested_at("stop") is not None, pause, learning_rate)

    def chunk(self, chunk: Chunk) -> Wishes:
        step = chunk.first + len(chunk.time)
        new = slice(max(0, self._recorded - chunk.first), None)
        if step > self._recorded:
            self._log.append(chunk.time[new], chunk.epoch, *chunk.scores[:, new])
        self._most_steps = max(self._most_steps, len(chunk.time))  # the last call of an epoch makes fewer
        self._writer.advance(
            epoch=chunk.epoch,
            step=step,
            steps_per_second=self._steps_per_second(float(chunk.time[-1]), step),
            steps_per_call=self._most_steps,
            learning_rate=chunk.learning_rate,
        )
        return self.wishes(step)

    def epoch(self, record: dict[str, float]) -> None:
        if (record["epoch"], record["steps"]) not in self._epochs:
            append_epoch(self._run.folder, record)
            self._epochs[record["epoch"], record["steps"]] = record

    def rate_lowered(self, step: int, learning_rate: float) -> None:
        append_change(self._run.folder, step, learning_rate, "plateau")

    def checkpoint(self, position: Position, snapshot: Callable[[], Snapshot], at_once: bool) -> None:
        if position.step == self._kept or not (at_once or self._checkpointing.allows(epoch_ended=not position.steps)):
            return
        began = self._clock()
        checkpoints = self._run.checkpoints
        checkpoints.write(snapshot(), position.step, position.epoch, within=position.steps > 0)
        checkpoints.thin(self._best_epochs())
        self._kept = position.step
        self._checkpointing.spend(self._clock() - began)

    def show(self, step: int, weights: Callable[[], Sequence[LayerPicture]], at_once: bool) -> None:
        """As often as it can be paid for."""
        if not (at_once or self._showing.allows(epoch_ended=False)):
            return
        began = self._clock()
        with suppress(OSError):  # a full disk: what has to be written finds it out, and says so
            write_weights(self._run.folder, step, weights())
        self._showing.spend(self._clock() - began)

    def scored(self) -> None:
        """A part of the held-out rows, of which the status says only that the run has got further."""
        self._writer.advance()

    def _best_epochs(self) -> set[int]:
        """Of each metric the epoch with the best score, on what is held out if anything is."""

        def score(name: str, record: dict[str, Any]) -> float:
            return metric(name).sign * record.get(f"{VALIDATION}{name}", record[name])

        epochs = self._epochs.values()
        return {max(epochs, key=partial(score, name))["epoch"] for name in self._log.metrics if epochs}

    def _steps_per_second(self, now: float, step: int) -> float | None:
        """Over the last seconds, validation in between included; compiling, which the first chunk waits for, is not."""
        self._recent.append((now, step))
        while len(self._recent) > 2 and now - self._recent[0][0] > RATE_SECONDS:
            self._recent.popleft()
        since, first = self._recent[0]
        return (step - first) / (now - since) if now > since else None


class TimeBudget:
    """When something beside the training is worth its time: all of it costs at most a `share` of that since it `began`.

    Within an epoch at least `within_seconds` lie between two; the clock is passed in.
    """

    def __init__(
        self, began: float, share: float, within_seconds: float, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._clock, self._began, self._last = clock, began, began
        self._share, self._within_seconds = share, within_seconds
        self._spent = self._last_cost = 0.0

    def allows(self, epoch_ended: bool) -> bool:
        """At the end of an epoch as soon as it is paid for; within one only when the last one is long ago."""
        now = self._clock()
        if not epoch_ended and now - self._last < self._within_seconds:
            return False
        return self._spent + self._last_cost <= self._share * (now - self._began)

    def spend(self, seconds: float) -> None:
        """It has just taken this long."""
        self._spent, self._last_cost, self._last = self._spent + seconds, seconds, self._clock()
