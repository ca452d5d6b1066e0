"""Whether two networks differ on the same test rows by more than chance: exact of classes, by resampling of numbers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.evaluation.classification import confusion_matrix
from dl.evaluation.intervals import Z_95, Estimate

Z_POWER = 0.8416212335729143  # the 80 % point of the normal distribution
RESAMPLES = 2_000
MOST_UNITS = 10_000  # that are drawn anew for each resample
SEED = 0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """Of two networks on `rows` test rows.

    `difference` is that of their scores, the first's less the second's, with its interval of 95 %; `p` how often a
    difference as great would come by chance if they were equally good; `needed` how many test rows would show the
    difference, if it is as great as it looks, four times in five (5 % level); None where they do not differ at all.
    """

    rows: int
    difference: Estimate
    p: float
    needed: int | None

    @property
    def is_real(self) -> bool:
        return self.p < 0.05

    @property
    def further(self) -> int | None:
        """Test rows that it would take beside those that are there, 0 where they are enough."""
        return None if self.needed is None else max(0, self.needed - self.rows)


@dataclass(frozen=True)
class ClassComparison(Comparison):
    """`only_first` rows were told right by the first network alone, `only_second` by the second."""

    only_first: int
    only_second: int


def compare_classes(true: NDArray[Any], first: NDArray[Any], second: NDArray[Any]) -> ClassComparison:
    """The accuracies of predicted classes (rows,): McNemar's exact test, and Agresti and Min's interval.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12 (1947), 153-157; T. G. Dietterich, "Approximate statistical tests for comparing supervised
    classification learning algorithms", Neural Computation 10 (1998), 1895-1923; A. Agresti, Y. Min, "Simple improved
    confidence intervals for comparing matched proportions", Statistics in Medicine 24 (2005), 729-740.
    """
    only_first, only_second = (int(one_right(true, *pair).sum()) for pair in ((first, second), (second, first)))
    rows = len(true)
    difference = _paired_shares(only_first, only_second, rows)
    needed = rows_for_shares(only_first / rows, only_second / rows)
    return ClassComparison(rows, difference, mcnemar(only_first, only_second), needed, only_first, only_second)


def _paired_shares(only_first: int, only_second: int, rows: int) -> Estimate:
    """As if half a row more lay in each cell of the table of two by two, so that few rows claim no certainty."""
    padded = rows + 2
    middle = (only_first - only_second) / padded
    half = Z_95 * math.sqrt(((only_first + only_second + 1) / padded - middle**2) / padded)
    return Estimate((only_first - only_second) / rows, max(-1.0, middle - half), min(1.0, middle + half))


def one_right(true: NDArray[Any], right: NDArray[Any], wrong: NDArray[Any]) -> NDArray[np.bool_]:
    """(rows,) where the one is right and the other wrong."""
    return (right == true) & (wrong != true)


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p of the exact test: whether the rows that one alone has right fall to both as a coin does."""
    apart, fewer = only_first + only_second, min(only_first, only_second)
    steps = np.arange(1, fewer + 1)
    logarithms = np.concatenate([[0.0], np.cumsum(np.log((apart - steps + 1) / steps))]) - apart * math.log(2)
    return min(1.0, 2 * float(np.exp(logarithms).sum()))


def rows_for_shares(only_first: float, only_second: float) -> int | None:
    """How many paired rows show a difference of such shares, at the 5 % level, with a power of 80 %; None for none.

    R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43
    (1987), 207-211.
    """
    apart, difference = only_first + only_second, only_first - only_second
    if not difference:
        return None
    root = Z_95 * math.sqrt(apart) + Z_POWER * math.sqrt(apart - difference**2)
    return math.ceil((root / difference) ** 2)


def compare_numbers(true: NDArray[Any], first: NDArray[Any], second: NDArray[Any], metric: str) -> Comparison:
    """The root mean squared or mean absolute errors of predicted numbers (rows,), by a paired bootstrap with one seed.

    B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chs. 13 and 15.
    """
    exponent = {"root_mean_squared_error": 2, "mean_absolute_error": 1}[metric]
    errors = np.abs(np.stack([first, second], axis=1).astype(float) - np.asarray(true, float)[:, np.newaxis])
    losses = errors**exponent
    reached = losses.mean(axis=0) ** (1 / exponent)
    drawn = _resampled(losses) ** (1 / exponent)
    apart = drawn[:, 0] - drawn[:, 1]
    low, high = np.quantile(apart, (0.025, 0.975))
    difference = Estimate(float(reached[0] - reached[1]), float(low), float(high))
    return Comparison(len(losses), difference, _two_sided(apart), _rows_for_means(losses, reached, exponent))


def _resampled(losses: Floats) -> Floats:
    """(resamples, 2) means of the rows (rows, 2), drawn anew with the same rows for both.

    Many rows are dealt at random to groups, and those are drawn: as exact, for each is a sample of the rows.
    """
    random = np.random.default_rng(SEED)
    units = min(len(losses), MOST_UNITS)
    dealt = losses[random.permutation(len(losses))]
    starts = np.linspace(0, len(losses), units, endpoint=False).astype(np.intp)
    sums = np.column_stack([np.add.reduceat(dealt, starts), np.diff(starts, append=len(losses))])
    counts = (np.bincount(random.integers(units, size=units), minlength=units) for _ in range(RESAMPLES))
    totals = np.array([count @ sums for count in counts])
    return np.asarray(totals[:, :2] / totals[:, 2:])


def _two_sided(apart: Floats) -> float:
    """How often resamples lie on the other side of 0, counted so that it is never 0 itself."""
    other_side = min((apart <= 0).sum(), (apart >= 0).sum())
    return min(1.0, 2 * float(other_side + 1) / (len(apart) + 1))


def _rows_for_means(losses: Floats, reached: Floats, exponent: int) -> int | None:
    """By the normal approximation of paired means, of how each row bears on each score (the delta method).

    S.-C. Chow, J. Shao, H. Wang, "Sample Size Calculations in Clinical Research" (2008), ch. 3.
    """
    difference = float(reached[0] - reached[1])
    if not difference:
        return None
    slopes = np.maximum(reached, np.finfo(float).tiny) ** (1 - exponent) / exponent
    spread = float(np.std(losses @ (slopes * (1, -1)), ddof=1)) if len(losses) > 1 else 0.0
    return math.ceil(((Z_95 + Z_POWER) * spread / difference) ** 2)


def matrix_difference(true: NDArray[Any], first: NDArray[Any], second: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """The first's confusion matrix less the second's: (classes, classes), rows are true classes."""
    return confusion_matrix(true, first, classes) - confusion_matrix(true, second, classes)
