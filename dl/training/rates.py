"""The learning rate of every step: the optimiser's, along its schedule, with the changes made on the way."""

import numpy as np

from dl.specs import TrainSpec


class LearningRates:
    """`changes` (the user's) and `reductions` (on a plateau) map steps done to the rate that holds from then on.

    A schedule goes on from there in the same proportions. The rate of a step depends on nothing else, so that a
    resumed run gives each step the rate it had.
    """

    def __init__(self, training: TrainSpec, steps_per_epoch: int, changes: dict[int, float]) -> None:
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
