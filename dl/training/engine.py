"""Trains a model, many whole steps to a call, so that it can be left at any step and gone on with exactly there.

Everything that decides the next step is in a snapshot: the variables of the model (with the state of its random
layers) and of the optimiser, the position, and what the rules have counted. The order of the rows follows from seed
and epoch alone. How many steps make a call follows from time: about a tenth of a second, which bounds how long Pause
and Stop wait and how old a point on the chart can be.
"""

import time
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from dl.errors import TrainingFailed
from dl.runs.checkpoints import Snapshot
from dl.runs.transitions import Ending
from dl.tasks.metrics import VALIDATION
from dl.training.build import Network
from dl.training.recorder import Chunk, Position, Recorder, Wishes
from dl.training.rules import LearningRates, Monitor, Patience, Plateau
from dl.training.weights import weight_pictures

CHUNK_SECONDS = 0.1
EVALUATION_BATCH, FIRST_BLOCKS = 512, 4


class Training:
    """The training of one network, from where its recorder says that it stands.

    `began` is when its preparation did, by `time.perf_counter()`: choosing and compiling count as training.
    """

    def __init__(self, network: Network, recorder: Recorder, began: float | None = None) -> None:
        self.step, self.programs, self.parts, self.recorder = network.step, network.programs, network.parts, recorder
        self.data, self.spec = self.step.data, self.step.spec
        self.position, self._blocks_per_call = Position(), FIRST_BLOCKS
        training = self.spec.training
        self._rates = LearningRates(training, self.step.steps_per_epoch, recorder.changes)
        self._patience = Patience(training.early_stopping) if training.early_stopping else None
        self._plateau = Plateau(training.reduce_on_plateau) if training.reduce_on_plateau else None
        self._epoch_began = self._timed_until = time.perf_counter() if began is None else began
        if start := recorder.newest():
            self.restore(*start)

    @property
    def stopped_early(self) -> bool:
        return self._patience is not None and self._patience.is_exhausted

    def restore(self, snapshot: Snapshot, anew: bool = False) -> None:
        """Go on from there. `anew`, in a fork: with the rules at their beginning, and another optimiser too."""
        same_optimizer = snapshot.facts["optimizer"] == self.spec.training.optimizer.type
        self.step.restore(snapshot.arrays, with_optimizer=same_optimizer)
        self.position = Position.saved(snapshot.facts["position"])
        if anew:
            self.position.seconds = 0.0
            return
        self._rates.reductions = dict(snapshot.facts["reductions"])
        for name, monitor in self._monitors.items():
            monitor.state = snapshot.facts.get(name, monitor.state)
        if self._patience:
            best = [name for name in snapshot.arrays if name.startswith("best/")]
            self._patience.best_weights = [snapshot.arrays[f"best/{i}"] for i in range(len(best))]

    def run(self) -> Ending:
        """Train until all epochs are done, early stopping ends it, or the recorder wishes a stop or a pause.

        Raises TrainingFailed (diverged) when a loss is not finite.
        """
        wishes = self.recorder.wishes(self.position.step)
        self._heed(wishes)
        while not self._is_complete:
            if wishes.stop or wishes.pause:
                return self._leave("stopped" if wishes.stop else "paused")
            wishes = self._epoch()
        self._checkpoint(at_once=True)
        if self._patience and self._patience.best_weights:
            self.step.model.set_weights(self._patience.best_weights)
        self._show(at_once=True)
        return "finished"

    def _heed(self, wishes: Wishes) -> None:
        if wishes.learning_rate is not None:
            self._rates.changes[self.position.step] = wishes.learning_rate

    @property
    def _is_complete(self) -> bool:
        return self.position.epoch >= self.spec.training.epochs or self.stopped_early

    def _epoch(self) -> Wishes:
        """The rest of the present epoch, or as much of it as is wished."""
        self._epoch_began = time.perf_counter()
        order = np.random.default_rng([self.spec.training.seed, self.position.epoch + 1]).permutation(self.data.train)
        while self.position.steps < self.step.steps_per_epoch:
            wishes = self._chunk(order)
            if (wishes.stop or wishes.pause) and self.position.steps < self.step.steps_per_epoch:
                return wishes
        record = self._report_epoch()
        self.position.next_epoch()
        self._apply_rules(record)
        self._checkpoint(at_once=False)
        return wishes

    def _chunk(self, order: np.ndarray) -> Wishes:
        """Some steps on the batches that follow; the last batch of an epoch may be smaller and is a call of its own."""
        here, position = self.position.steps * self.step.batch_size, self.position
        whole = (len(order) - here) // self.step.batch_size
        count = min(max(whole, 1), self.programs.steps_in(CHUNK_SECONDS))
        batches = order[here : here + count * self.step.batch_size].reshape(count, -1)
        rates = self._rates.of(position.step, count)
        before = time.time()
        with self.parts.timed("steps"):
            scores = self.programs.train(batches, rates)
        per_step = (time.time() - before) / count
        times = before + per_step * np.arange(1, count + 1)
        chunk = Chunk(position.epoch + 1, position.step, times, self.step.finished(scores), float(rates[-1]))
        with self.parts.timed("writing"):
            wishes = self.recorder.chunk(chunk)
        self._demand_finite(scores[0])
        position.add(np.full(count, batches.shape[1]), scores)
        self._heed(wishes)
        self._show(at_once=False)
        if position.steps < self.step.steps_per_epoch:  # else the epoch ends first, and its end is kept
            self._checkpoint(at_once=False)
        return wishes

    def _demand_finite(self, loss: np.ndarray) -> None:
        bad = ~np.isfinite(loss)
        if bad.any():
            step = self.position.steps + int(bad.argmax()) + 1
            raise TrainingFailed(reason="diverged", epoch=self.position.epoch + 1, step=step)

    def _show(self, at_once: bool) -> None:
        with self.parts.timed("showing"):
            self.recorder.show(self.position.step, partial(weight_pictures, self.step.layers), at_once)

    def _checkpoint(self, at_once: bool) -> None:
        now = time.perf_counter()
        self.position.seconds += now - self._timed_until
        self._timed_until = now
        with self.parts.timed("writing"):
            self.recorder.checkpoint(self.position, self.snapshot, at_once)

    def snapshot(self) -> Snapshot:
        facts: dict[str, Any] = {
            "position": asdict(self.position),
            "optimizer": self.spec.training.optimizer.type,
            "reductions": sorted(self._rates.reductions.items()),
            **{name: monitor.state for name, monitor in self._monitors.items()},
        }
        arrays = self.step.captured()
        if self._patience:
            arrays |= {f"best/{i}": weight for i, weight in enumerate(self._patience.best_weights)}
        return Snapshot(arrays, facts)

    @property
    def _monitors(self) -> dict[str, Monitor]:
        rules = {"patience": self._patience, "plateau": self._plateau}
        return {name: rule.monitor for name, rule in rules.items() if rule}

    def _report_epoch(self) -> dict[str, float]:
        """The means that Keras would report, and the scores of the held-out rows."""
        position = self.position
        with self.parts.timed("validation"):
            validation = self.evaluate(self.data.validation, VALIDATION)
        means = self.step.finished(np.array(position.sums) / position.rows).tolist()
        record = {
            "epoch": position.epoch + 1,
            **dict(zip(self.step.metrics, means, strict=True)),
            "steps": position.steps,
            **validation,
            "seconds": time.perf_counter() - self._epoch_began,
            "time": time.time(),
        }
        with self.parts.timed("writing"):
            self.recorder.epoch(record)
        return record

    def evaluate(self, rows: np.ndarray, prefix: str = "") -> dict[str, float]:
        """Each metric over these rows in inference mode; nothing for no rows."""
        if not len(rows):
            return {}
        whole = len(rows) // EVALUATION_BATCH * EVALUATION_BATCH
        parts = [rows[:whole].reshape(-1, EVALUATION_BATCH), rows[whole:].reshape(1, -1)]
        sums = np.zeros(len(self.step.metrics))
        for blocks in (part for part in parts if part.size):
            sums += blocks.shape[1] * self._scores(blocks).sum(axis=1, dtype=float)
        means = self.step.finished(sums / len(rows), rows).tolist()
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
            self.recorder.scored()
        return np.concatenate(found, axis=1)

    def _apply_rules(self, record: dict[str, float]) -> None:
        if self._patience:
            self._patience.see(record, self.step.model.get_weights())
        if self._plateau:
            lowered = self._plateau.lowered(record, float(self._rates.of(self.position.step - 1, 1)[0]))
            if lowered is not None and self.position.step not in self._rates.changes:  # the user's hand goes first
                self._rates.reductions[self.position.step] = lowered
                self.recorder.rate_lowered(self.position.step, lowered)

    def _leave(self, ending: Ending) -> Ending:
        self._show(at_once=True)
        self._checkpoint(at_once=True)
        if ending == "stopped" and self.position.rows:  # the network as it is now, and its scores
            self._report_epoch()
        return ending
