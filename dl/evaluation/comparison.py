"""Whether one network is better than another on the same test rows, and how sure one can be of it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.evaluation.intervals import Z_95

Z_80 = 0.8416212335729143  # of a normal distribution, 80 % lie below
RESAMPLES = 2_000
GROUPS = 2_000
SURE = 0.05


@dataclass(frozen=True)
class Comparison:
    """`value` is by how much the first one's score is above the second one's, with the interval of 95 %.

    `p` is how likely a difference as large as this one would be if there were none. `further`: so many test rows more
    would show it with a probability of 80 %, if it is as large as it seems; None where there is none to be shown.
    """

    value: float
    low: float
    high: float
    p: float
    further: int | None

    @property
    def is_real(self) -> bool:
        return self.p < SURE


@dataclass(frozen=True)
class ClassComparison(Comparison):
    """`only_first` rows the first network alone has right, `only_second` the second."""

    only_first: int
    only_second: int


def compare_classes(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> ClassComparison:
    """By which rows each has right, (rows,): McNemar's test, exact, of the rows that only one of them has right.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12 (1947), 153-157. The interval is Wald's with the continuity of Agresti and Min (half a row added to
    each of the four cells): A. Agresti, Y. Min, Statistics in Medicine 24 (2005), 729-740. The number of rows is that
    of R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43
    (1987), 207-211.
    """
    rows = len(first)
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    differs, value = (only_first + only_second) / rows, (only_first - only_second) / rows
    low, high = _wald(only_first, only_second, rows)
    further = None
    if only_first != only_second:
        root = Z_95 * math.sqrt(differs) + Z_80 * math.sqrt(max(differs - value**2, 0.0))
        further = max(0, math.ceil((root / value) ** 2) - rows)
    p = _binomial_two_sided(min(only_first, only_second), only_first + only_second)
    return ClassComparison(value, low, high, p, further, only_first, only_second)


def _wald(only_first: int, only_second: int, rows: int) -> tuple[float, float]:
    first, second, total = only_first + 0.5, only_second + 0.5, rows + 2.0
    middle = (first - second) / total
    half = Z_95 * math.sqrt(max(first + second - (first - second) ** 2 / total, 0.0)) / total
    return middle - half, middle + half


def _binomial_two_sided(fewer: int, total: int) -> float:
    """How likely so few, or so many, of `total` throws of a coin are."""
    if not total:
        return 1.0
    counts = np.arange(1, fewer + 1)
    logarithms = np.concatenate([[0.0], np.cumsum(np.log((total - counts + 1) / counts))]) - total * math.log(2)
    return min(1.0, 2 * float(np.exp(logarithms).sum()))


def compare_numbers(targets: NDArray[Any], first: NDArray[Any], second: NDArray[Any], seed: int = 0) -> Comparison:
    """By what was predicted for each row, (rows,): the difference of the root mean squared errors, above 0 where the
    first one's is smaller; a paired bootstrap of its rows.

    B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), ch. 8 and 16. Of more than 2,000 rows, random
    groups of them are drawn in their place, which have the same mean and, summed, the same variance.
    """
    errors = np.stack([np.square(np.asarray(each, float) - targets) for each in (first, second)])
    sums, sizes = _grouped(errors, np.random.default_rng(seed))
    drawn = np.random.default_rng(seed + 1).multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), RESAMPLES)
    roots = np.sqrt((drawn @ sums.T) / (drawn @ sizes)[:, np.newaxis])
    differences = roots[:, 1] - roots[:, 0]
    value = float(np.diff(np.sqrt(errors.mean(axis=1)))[0])
    low, high = (float(end) for end in np.quantile(differences, [0.025, 0.975]))
    beyond = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    p = min(1.0, 2 * (beyond + 1) / (RESAMPLES + 1))
    spread, rows = float(differences.std()), len(targets)
    further = max(0, math.ceil(rows * ((Z_95 + Z_80) * spread / value) ** 2) - rows) if value else None
    return Comparison(value, low, high, p, further)


def _grouped(errors: NDArray[np.float64], random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sums (2, groups) and how many rows each group has."""
    rows = errors.shape[1]
    if rows <= GROUPS:
        return errors, np.ones(rows, np.int64)
    group = random.permutation(rows) % GROUPS
    sums = np.stack([np.bincount(group, each, GROUPS) for each in errors]).astype(np.float64)
    return sums, np.bincount(group, minlength=GROUPS).astype(np.int64)
