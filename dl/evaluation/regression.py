"""How far predicted numbers are from the true ones, both (rows,)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]


def mean_absolute_error(true: Numbers, predicted: Numbers) -> float:
    return float(np.abs(predicted - true).mean(dtype=float))


def root_mean_squared_error(true: Numbers, predicted: Numbers) -> float:
    return float(np.square(predicted - true).mean(dtype=float) ** 0.5)


def r_squared(true: Numbers, predicted: Numbers) -> float:
    """The share of the spread that is explained; 0 for always guessing the mean, less for worse, NaN without spread."""
    spread = np.square(true - true.mean(dtype=float)).sum(dtype=float)
    left = np.square(predicted - true).sum(dtype=float)
    return float(1 - left / spread) if spread else float("nan")


def mean_guess(train: Numbers, test: Numbers) -> tuple[float, float]:
    """The mean of the training targets, and the mean absolute error of always guessing it."""
    mean = float(np.mean(train, dtype=float))
    return mean, mean_absolute_error(test, np.full(len(test), mean))
