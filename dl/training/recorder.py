"""What the engine reports goes into the run's folder; what the user wishes comes out of it."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from dl.runs.changes import append_change
from dl.runs.checkpoints import Snapshot
from dl.runs.log.steps import StepLog, append_epoch
from dl.runs.run import Run
from dl.runs.weights import LayerPicture, write_weights
from dl.tasks.metrics import VALIDATION, metric
from dl.training.reports import Chunk, Position, Wishes
from dl.training.rhythm import Rhythm
from dl.training.status_writer import StatusWriter

RATE_SECONDS = 3.0
SHOWN_SHARE, SHOWN_SECONDS = 0.02, 0.4


class RunRecorder:
    """A resumed run goes through the steps after its checkpoint once more: what was recorded of them stays as it is.

    Until it has caught up, a stop or another learning rate waits, for they are meant to follow what was seen.
    `began` is when the training did, by `time.perf_counter()`.
    """

    def __init__(self, run: Run, writer: StatusWriter, log: StepLog, began: float) -> None:
        self._run, self._writer, self._log, self._rhythm = run, writer, log, Rhythm(began)
        self._shown = Rhythm(began, share=SHOWN_SHARE, within_seconds=SHOWN_SECONDS)
        fork = run.spec().fork
        self._recorded = log.recorded + (fork.step if fork else 0)
        self._epochs = {(record["epoch"], record["steps"]): record for record in run.epochs()}
        self._kept, self._most_steps = -1, 1
        self._recent: deque[tuple[float, int]] = deque()

    def wishes(self, step: int) -> Wishes:
        """As they are when `step` steps are done."""
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

    def keep(self, position: Position, snapshot: Callable[[], Snapshot], at_once: bool) -> None:
        if position.step == self._kept or not (at_once or self._rhythm.is_due(epoch_ended=not position.steps)):
            return
        began = time.perf_counter()
        checkpoints = self._run.checkpoints
        checkpoints.write(snapshot(), position.step, position.epoch, within=position.steps > 0)
        checkpoints.thin(self._best_epochs())
        self._kept = position.step
        self._rhythm.note(time.perf_counter() - began)

    def show(self, step: int, weights: Callable[[], Sequence[LayerPicture]], at_once: bool) -> None:
        """As often as it can be paid for."""
        if not (at_once or self._shown.is_due(epoch_ended=False)):
            return
        began = time.perf_counter()
        with suppress(OSError):  # a full disk: what has to be written finds it out, and says so
            write_weights(self._run.folder, step, weights())
        self._shown.note(time.perf_counter() - began)

    def _best_epochs(self) -> set[int]:
        """Of each metric the epoch with the best score, on what is held out if anything is."""
        return {self._best_epoch(name) for name in self._log.metrics} if self._epochs else set()

    def _best_epoch(self, name: str) -> int:
        sign, held_out = metric(name).sign, f"{VALIDATION}{name}"
        best = max(self._epochs.values(), key=lambda record: sign * record.get(held_out, record[name]))
        return int(best["epoch"])

    def _steps_per_second(self, now: float, step: int) -> float | None:
        """Over the last seconds, validation in between included; compiling, which the first chunk waits for, is not."""
        self._recent.append((now, step))
        while len(self._recent) > 2 and now - self._recent[0][0] > RATE_SECONDS:
            self._recent.popleft()
        since, first = self._recent[0]
        return (step - first) / (now - since) if now > since else None
