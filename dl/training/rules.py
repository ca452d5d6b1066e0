"""How a training changes on its way: the learning rate of every step, and what is decided at an epoch's end.

It is decided as Keras's callbacks decide it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dl.specs import EarlyStopping, ReduceOnPlateau, TrainSpec
from dl.tasks.metrics import metric

Record = dict[str, float]
PLATEAU_DELTA = 1e-4  # the improvement that `keras.callbacks.ReduceLROnPlateau` asks for by default


class LearningRates:
    """`changes` (the user's) and `reductions` (on a plateau) map steps done to the rate that holds from then on.

    A schedule goes on from there in the same proportions. The rate of a step depends on nothing else, so that a
    resumed run gives each step the rate it had.
    """

    def __init__(self, training: TrainSpec, steps_per_epoch: int, changes: Mapping[int, float]) -> None:
        self._training, self._steps_per_epoch = training, steps_per_epoch
        self.changes, self.reductions = dict(changes), dict[int, float]()

    def of(self, first: int, count: int) -> np.ndarray:
        """(count,) float32, for the steps after the first `first` ones."""
        steps = np.arange(first, first + count)
        rates = self._planned(steps)
        for start, value in sorted((self.reductions | self.changes).items()):
            at_change = self._planned(np.array([start]))[0]
            along = self._planned(steps) / at_change if at_change else np.ones(count)
            rates = np.where(steps >= start, value * along, rates)
        return rates.astype(np.float32)

    def _planned(self, steps: np.ndarray) -> np.ndarray:
        initial, schedule = self._training.optimizer.learning_rate, self._training.learning_rate_schedule
        if schedule is None:
            return np.full(len(steps), initial)
        return schedule.rate(initial, steps, self._steps_per_epoch, self._steps_per_epoch * self._training.epochs)


class Monitor:
    """Counts the epochs since a score was last the best one."""

    def __init__(self, name: str, delta: float = 0.0) -> None:
        self._name, self._delta = name, delta
        self.best, self.waited = float("inf"), 0

    def improves(self, record: Record) -> bool:
        value = -metric(self._name).sign * record[self._name]
        if value < self.best - self._delta:
            self.best, self.waited = value, 0
            return True
        self.waited += 1
        return False

    @property
    def state(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self.best, self.waited = state["best"], state["waited"]


class Patience:
    """`keras.callbacks.EarlyStopping(restore_best_weights=True)`."""

    def __init__(self, rule: EarlyStopping) -> None:
        self._rule, self.monitor = rule, Monitor(rule.monitor)
        self.best_weights: list[np.ndarray] = []

    @property
    def is_exhausted(self) -> bool:
        return self.monitor.waited >= self._rule.patience

    def see(self, record: Record, weights: list[np.ndarray]) -> None:
        if self.monitor.improves(record):
            self.best_weights = weights


class Plateau:
    """`keras.callbacks.ReduceLROnPlateau`."""

    def __init__(self, rule: ReduceOnPlateau) -> None:
        self._rule, self.monitor = rule, Monitor(rule.monitor, PLATEAU_DELTA)

    def lowered(self, record: Record, learning_rate: float) -> float | None:
        """The learning rate from now on, if it is time to lower it."""
        if self.monitor.improves(record) or self.monitor.waited < self._rule.patience:
            return None
        if learning_rate <= np.float32(self._rule.min_learning_rate):
            return None
        self.monitor.waited = 0
        return max(learning_rate * self._rule.factor, self._rule.min_learning_rate)
