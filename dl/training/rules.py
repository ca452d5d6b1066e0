"""What is decided at the end of an epoch, as Keras's callbacks decide it: stop early, lower the learning rate."""

from typing import Any

import numpy as np

from dl.specs import EarlyStopping, ReduceOnPlateau
from dl.tasks.metrics import metric

Record = dict[str, float]
PLATEAU_DELTA = 1e-4  # the improvement that `keras.callbacks.ReduceLROnPlateau` asks for by default


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
