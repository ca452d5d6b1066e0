"""Trains a model, many whole steps to a call, so that it can be left at any step and gone on with exactly there.

Everything that decides the next step is in a snapshot: the variables of the model (with the state of its random
layers) and of the optimiser, the position, and what the rules have counted. The order of the rows follows from seed
and epoch alone. How many steps make a call follows from time: about a tenth of a second, which bounds how long Pause
and Stop wait and how old a point on the chart can be.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np

from dl.errors import TrainingFailed
from dl.runs.checkpoints import Snapshot
from dl.specs import RunSpec
from dl.tasks.metrics import VALIDATION
from dl.training.fast.programs import Programs
from dl.training.parts import Parts
from dl.training.rates import LearningRates
from dl.training.reports import NO_WISHES, Chunk, Position, Recorder, Wishes
from dl.training.rules import Patience, Plateau
from dl.training.step import Step, TrainingData
from dl.training.variables import captured, restore
from dl.training.weights import weight_pictures

CHUNK_SECONDS = 0.1
EVALUATION_BATCH, FIRST_BLOCKS = 512, 4
Ending = Literal["done", "stopped", "paused"]


def steps_per_epoch(rows: int, spec: RunSpec) -> int:
    return 1 if spec.training.optimizer.full_batch else -(-rows // spec.training.batch_size)


def batch_size(rows: int, spec: RunSpec) -> int:
    return rows if spec.training.optimizer.full_batch else min(rows, spec.training.batch_size)


@dataclass
class Training:
    """One training of one model; `changes` are the learning rates set on the way before, by steps done.

    `began` is when its preparation did, by `time.perf_counter()`: choosing and compiling count as training. `advanced`
    is called while the held-out rows are scored, of which the recorder sees nothing. `parts` says where the seconds
    since it began went.
    """

    step: Step
    data: TrainingData
    spec: RunSpec
    programs: Programs
    recorder: Recorder
    changes: dict[int, float] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)
    advanced: Callable[[], None] = lambda: None
    parts: Parts = field(default_factory=Parts)

    def __post_init__(self) -> None:
        training, rows = self.spec.training, len(self.data.train)
        self.position, self._blocks_per_call = Position(), FIRST_BLOCKS
        self._steps_per_epoch, self._batch = steps_per_epoch(rows, self.spec), batch_size(rows, self.spec)
        self._rates = LearningRates(training, self._steps_per_epoch, self.changes)
        self._patience = Patience(training.early_stopping) if training.early_stopping else None
        self._plateau = Plateau(training.reduce_on_plateau) if training.reduce_on_plateau else None
        self._epoch_began = self._timed_until = self.began

    @property
    def stopped_early(self) -> bool:
        return self._patience is not None and self._patience.is_exhausted

    def run(self, wishes: Wishes = NO_WISHES) -> Ending:
        """Train until all epochs are done, early stopping ends it, or the recorder wishes a stop or a pause.

        `wishes` are those that wait already. Raises TrainingFailed (diverged) when a loss is not finite.
        """
        self._heed(wishes)
        while not self._is_complete:
            if not (wishes.stop or wishes.pause):
                wishes = self._epoch()
            if (wishes.stop or wishes.pause) and not self._is_complete:
                return self._leave("stopped" if wishes.stop else "paused")
        self._keep(at_once=True)
        if self._patience and self._patience.best_weights:
            self.step.model.set_weights(self._patience.best_weights)
        self._show(at_once=True)
        return "done"

    @property
    def _is_complete(self) -> bool:
        return self.position.epoch >= self.spec.training.epochs or self.stopped_early

    def _leave(self, ending: Ending) -> Ending:
        self._show(at_once=True)
        self._keep(at_once=True)
        if ending == "stopped" and self.position.rows:  # the network as it is now, and its scores
            self._report_epoch()
        return ending

    def snapshot(self) -> Snapshot:
        facts: dict[str, Any] = {
            "position": asdict(self.position),
            "optimizer": self.spec.training.optimizer.type,
            "reductions": sorted(self._rates.reductions.items()),
        }
        arrays = captured(self.step.model)
        if self._patience:
            facts["patience"] = self._patience.monitor.state
            arrays |= {f"best/{i}": weight for i, weight in enumerate(self._patience.best_weights)}
        if self._plateau:
            facts["plateau"] = self._plateau.monitor.state
        return Snapshot(arrays, facts)

    def restore(self, snapshot: Snapshot, anew: bool = False) -> None:
        """Go on from there. `anew`, in a fork: with the rules at their beginning, and another optimiser too."""
        same_optimizer = snapshot.facts["optimizer"] == self.spec.training.optimizer.type
        restore(self.step.model, snapshot.arrays, with_optimizer=same_optimizer)
        self.position = Position.saved(snapshot.facts["position"])
        if anew:
            self.position.seconds = 0.0
            return
        self._rates.reductions = dict(snapshot.facts["reductions"])
        if self._patience and "patience" in snapshot.facts:
            self._patience.monitor.state = snapshot.facts["patience"]
            best = [name for name in snapshot.arrays if name.startswith("best/")]
            self._patience.best_weights = [snapshot.arrays[f"best/{i}"] for i in range(len(best))]
        if self._plateau and "plateau" in snapshot.facts:
            self._plateau.monitor.state = snapshot.facts["plateau"]

    def _epoch(self) -> Wishes:
        """The rest of the present epoch, or as much of it as is wished."""
        self._epoch_began = time.perf_counter()
        order = np.random.default_rng([self.spec.training.seed, self.position.epoch + 1]).permutation(self.data.train)
        while self.position.steps < self._steps_per_epoch:
            wishes = self._chunk(order)
            if wishes.stop or wishes.pause:
                break
        if self.position.steps < self._steps_per_epoch:
            return wishes
        record = self._report_epoch()
        self.position.next_epoch()
        self._apply_rules(record)
        self._keep(at_once=False)
        return wishes

    def _chunk(self, order: np.ndarray) -> Wishes:
        """Some steps on the batches that follow; the last batch of an epoch may be smaller and is a call of its own."""
        here, position = self.position.steps * self._batch, self.position
        whole = (len(order) - here) // self._batch
        count = min(max(whole, 1), self.programs.steps_in(CHUNK_SECONDS))
        batches = order[here : here + count * self._batch].reshape(count, -1)
        rates = self._rates.of(position.step, count)
        before = time.time()
        with self.parts.timed("steps"):
            scores = self.programs.train(batches, rates)
        per_step = (time.time() - before) / count
        times = before + per_step * np.arange(1, count + 1)
        chunk = Chunk(position.epoch + 1, position.step, times, scores, float(rates[-1]))
        with self.parts.timed("writing"):
            wishes = self.recorder.chunk(chunk)
        self._demand_finite(scores[0])
        position.add(np.full(count, batches.shape[1]), scores)
        self._heed(wishes)
        self._show(at_once=False)
        if position.steps < self._steps_per_epoch:  # else the epoch ends first, and its end is kept
            self._keep(at_once=False)
        return wishes

    def _heed(self, wishes: Wishes) -> None:
        if wishes.learning_rate is not None:
            self._rates.changes[self.position.step] = wishes.learning_rate

    def _demand_finite(self, loss: np.ndarray) -> None:
        bad = ~np.isfinite(loss)
        if bad.any():
            step = self.position.steps + int(bad.argmax()) + 1
            raise TrainingFailed(reason="diverged", epoch=self.position.epoch + 1, step=step)

    def _report_epoch(self) -> dict[str, float]:
        """The means that Keras would report, and the scores of the held-out rows."""
        position = self.position
        with self.parts.timed("validation"):
            validation = self.evaluate(self.data.validation, VALIDATION)
        record = {
            "epoch": position.epoch + 1,
            **{name: total / position.rows for name, total in zip(self.step.metrics, position.sums, strict=True)},
            "steps": position.steps,
            **validation,
            "seconds": time.perf_counter() - self._epoch_began,
            "time": time.time(),
        }
        with self.parts.timed("writing"):
            self.recorder.epoch(record)
        return record

    def _apply_rules(self, record: dict[str, float]) -> None:
        if self._patience:
            self._patience.see(record, self.step.model.get_weights())
        if self._plateau:
            lowered = self._plateau.lowered(record, float(self._rates.of(self.position.step - 1, 1)[0]))
            if lowered is not None and self.position.step not in self._rates.changes:  # the user's hand goes first
                self._rates.reductions[self.position.step] = lowered
                self.recorder.rate_lowered(self.position.step, lowered)

    def _keep(self, at_once: bool) -> None:
        now = time.perf_counter()
        self.position.seconds += now - self._timed_until
        self._timed_until = now
        with self.parts.timed("writing"):
            self.recorder.keep(self.position, self.snapshot, at_once)

    def _show(self, at_once: bool) -> None:
        with self.parts.timed("showing"):
            self.recorder.show(self.position.step, partial(weight_pictures, self.step.model), at_once)

    def evaluate(self, rows: np.ndarray, prefix: str = "") -> dict[str, float]:
        """The mean of each metric over these rows in inference mode; nothing for no rows."""
        if not len(rows):
            return {}
        whole = len(rows) // EVALUATION_BATCH * EVALUATION_BATCH
        parts = [rows[:whole].reshape(-1, EVALUATION_BATCH), rows[whole:].reshape(1, -1)]
        sums = np.zeros(len(self.step.metrics))
        for blocks in (part for part in parts if part.size):
            sums += blocks.shape[1] * self._scores(blocks).sum(axis=1, dtype=float)
        means = (sums / len(rows)).tolist()
        return {f"{prefix}{name}": mean for name, mean in zip(self.step.metrics, means, strict=True)}

    def _scores(self, blocks: np.ndarray) -> np.ndarray:
        """(metrics, blocks), found in calls that are as short as those that train."""
        found, done = [], 0
        while done < len(blocks):
            part, before = blocks[done : done + self._blocks_per_call], time.perf_counter()
            found.append(self.programs.score(part))
            done += len(part)
            slow = time.perf_counter() - before > CHUNK_SECONDS
            self._blocks_per_call = max(1, len(part) // 2) if slow else 2 * self._blocks_per_call
            self.advanced()
        return np.concatenate(found, axis=1)
