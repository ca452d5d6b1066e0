"""How far predicted numbers are from the true ones, both (rows,)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.evaluation.intervals import Estimate, mean_estimate, positive_mean_estimate, student_t

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


def regression_estimates(true: Numbers, predicted: Numbers) -> dict[str, Estimate]:
    """R², root mean squared error, mean absolute error, and the mean error: more than 0 where it guesses too high.

    The intervals are the delta method's, of the logarithms where a score cannot be negative: A. W. van der Vaart,
    "Asymptotic Statistics" (1998), ch. 3. Beside the bootstrap, they need one pass and no seed.
    """
    errors = np.asarray(predicted, float) - true
    squares = positive_mean_estimate(np.square(errors))
    return {
        "r_squared": r_squared_estimate(true, predicted),
        "root_mean_squared_error": Estimate(squares.value**0.5, squares.low**0.5, squares.high**0.5),
        "mean_absolute_error": positive_mean_estimate(np.abs(errors)),
        "mean_error": mean_estimate(errors),
    }


def r_squared_estimate(true: Numbers, predicted: Numbers) -> Estimate:
    """1 - A/B, of mean squares left (A) and to explain (B): the interval is that of log(A/B), which no value leaves.

    The influence of a row on A/B is (its share of A - A/B times its share of B) / B; that B is taken about the mean of
    the same rows is of higher order.
    """
    true = np.asarray(true, float)
    left, spread = np.square(predicted - true), np.square(true - true.mean()) if len(true) else true
    if not len(true) or not spread.any():
        return Estimate(np.nan, np.nan, np.nan)
    ratio = left.mean() / spread.mean()
    if not ratio:
        return Estimate(1.0, 1.0, 1.0)
    influence = (left - ratio * spread) / spread.mean()
    error = influence.std(ddof=1) / len(true) ** 0.5 if len(true) > 1 else np.nan
    factor = float(np.exp(student_t(len(true) - 1) * error / ratio))
    return Estimate(float(1 - ratio), float(1 - ratio * factor), float(1 - ratio / factor))


def worst_rows(true: Numbers, predicted: Numbers, count: int) -> NDArray[np.intp]:
    """The `count` rows that are furthest off, the worst first."""
    distance = np.abs(np.asarray(predicted, float) - true)
    worst = np.argpartition(-distance, min(count, len(distance)) - 1)[:count] if len(distance) else np.empty(0, np.intp)
    return worst[np.argsort(-distance[worst], kind="stable")]
