"""Figures from counts: what a column tells of the target, what two columns have to do with each other, quantiles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dl.profiles.bins import Bins

# The 97.5 % quantiles of Student's t distribution with 1, 2, … degrees of freedom.
STUDENT = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
NORMAL = 1.96


def class_relation(joint: NDArray[np.int64]) -> float:
    """The square root of Goodman and Kruskal's tau of (bins, classes), from 0 to 1: tau is the share of the classes'
    variation (Gini) that is explained by knowing the bin.

    For two classes it is the correlation ratio of a 0/1 target, and so compares with `number_relation`. Corrected for
    the number of bins, as Kelley's epsilon squared is. R. Light, B. Margolin, An analysis of variance for categorical
    data, JASA 66 (1971); T. Kelley, An unbiased correlation ratio measure, PNAS 21 (1935).
    """
    rows, classes = joint.sum(axis=1), joint.sum(axis=0)
    count = int(rows.sum())
    if not count:
        return 0.0
    whole = count - (classes.astype(float) ** 2).sum() / count
    within = count - ((joint.astype(float) ** 2).sum(axis=1) / np.maximum(rows, 1)).sum()
    return _corrected(within, whole, count, int(np.count_nonzero(rows)))


def number_relation(joint: NDArray[np.int64]) -> float:
    """The correlation ratio of the target's ranks, from (bins, ascending ranges of the target): 0 to 1.

    Its square is the share of the variance of the ranks that is explained by knowing the bin, as in the test of
    W. Kruskal and W. Wallis, JASA 47 (1952). Corrected as `class_relation` is.
    """
    rows, ranges = joint.sum(axis=1), joint.sum(axis=0)
    count = int(rows.sum())
    if not count:
        return 0.0
    ranks = np.cumsum(ranges) - ranges / 2
    ranks -= count / 2  # their mean
    whole = (ranges * ranks**2).sum()
    between = ((joint @ ranks) ** 2 / np.maximum(rows, 1)).sum()
    return _corrected(whole - between, whole, count, int(np.count_nonzero(rows)))


def _corrected(within: float, whole: float, count: int, bins: int) -> float:
    if whole <= 0 or bins < 2 or count <= bins:
        return 0.0
    return float(np.sqrt(np.clip(1 - within / whole * (count - 1) / (count - bins), 0, 1)))


def cramers_v(joint: NDArray[np.int64]) -> float:
    """Of two columns of categories, 0 to 1, corrected for chance.

    W. Bergsma, A bias-correction for Cramér's V and Tschuprow's T, J. Korean Statistical Society 42 (2013).
    """
    joint = joint[joint.any(axis=1)][:, joint.any(axis=0)].astype(float)
    count, (rows, columns) = joint.sum(), joint.shape
    if count < 2 or min(rows, columns) < 2:
        return 0.0
    expected = np.outer(joint.sum(axis=1), joint.sum(axis=0)) / count
    phi = max(0.0, ((joint - expected) ** 2 / expected).sum() / count - (rows - 1) * (columns - 1) / (count - 1))
    least = min(rows - (rows - 1) ** 2 / (count - 1), columns - (columns - 1) ** 2 / (count - 1)) - 1
    return float(np.sqrt(min(1.0, phi / least))) if least > 0 else 0.0


def ranks_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 1; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def rank_correlations(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's, -1 to 1, of each pair of (rows, columns), NaN where missing; 0 where one of them is constant.

    A pair is looked at where both are known; ranks are those among all known values of a column.
    """
    known = (~np.isnan(columns)).astype(float)
    ranks = np.zeros_like(columns)
    for column, is_known, into in zip(columns.T, known.T > 0, ranks.T, strict=True):
        found = ranks_of(column[is_known])
        into[is_known] = (found - found.mean()) / len(found) if len(found) else found
    count, sums, squares = known.T @ known, ranks.T @ known, (ranks**2).T @ known
    spread = np.maximum(count * squares - sums**2, 0)
    scale = np.sqrt(spread * spread.T)
    together = count * (ranks.T @ ranks) - sums * sums.T
    varies = scale > 1e-9 * count
    found = np.clip(np.divide(together, scale, out=np.zeros_like(scale), where=varies), -1, 1)
    np.fill_diagonal(found, varies.diagonal())  # with itself exactly 1, however the sums were rounded
    return found


@dataclass(frozen=True)
class Quantiles:
    """`counts` are those of the bins without the missing, `ends` the least and the greatest value."""

    bins: Bins
    counts: NDArray[np.int64]
    ends: tuple[float, float]

    def at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Between neighbours as pandas does it; within a bin as if its values lay evenly. NaN if all is missing."""
        count = int(self.counts.sum())
        if not count:
            return np.full(len(shares), np.nan)
        place = shares * (count - 1)
        below, above = (self._value(end(place).astype(int)) for end in (np.floor, np.ceil))
        return below + (above - below) * (place - np.floor(place))

    def below(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share of the rows that are less, within a bin as if its values lay evenly."""
        bins = self.bins.codes(values)
        width = (self._upper - self._lower)[bins]
        within = np.divide(values - self._lower[bins], width, out=np.full(len(values), 0.5), where=width > 0)
        rows = (self._ends - self.counts)[bins] + np.clip(within, 0, 1) * self.counts[bins]
        return rows / max(1, int(self.counts.sum()))

    def bounds(self, share: float) -> tuple[float, float]:
        """Between which values the quantile lies for certain."""
        place = share * (int(self.counts.sum()) - 1)
        low, high = (np.searchsorted(self._ends, int(end(place)), side="right") for end in (np.floor, np.ceil))
        return float(self._lower[low]), float(self._upper[high])

    def ranges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and the greatest value that each bin can hold."""
        return self._lower, self._upper

    def _value(self, ranks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Of the rows with these numbers, counted from 0 in ascending order."""
        bins = np.searchsorted(self._ends, ranks, side="right")
        within = (ranks - (self._ends - self.counts)[bins] + 0.5) / self.counts[bins]
        return self._lower[bins] + (self._upper - self._lower)[bins] * within

    @property
    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum(self.counts)

    @property
    def _lower(self) -> NDArray[np.float64]:
        return np.maximum(np.append(self.ends[0], self.bins.edges), self.ends[0])

    @property
    def _upper(self) -> NDArray[np.float64]:
        last = np.minimum(np.append(self.bins.edges, self.ends[1]), self.ends[1])
        return np.where(self.bins.single, self._lower, last)


def band(
    whole: NDArray[np.float64], parts: list[NDArray[np.float64]], share: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the 95 % intervals of figures that were found from random groups of blocks, `share` of all rows.

    `parts` are the figures with one group left out, for each group: the jackknife by groups (K. Wolter, Introduction to
    Variance Estimation, 2007, chapter 4), with the correction for a finite population. Rows in a block are often
    alike; groups of whole blocks take that into account.
    """
    if share >= 1:
        return whole, whole
    groups = len(parts)
    if groups < 2:
        return np.full_like(whole, -np.inf), np.full_like(whole, np.inf)
    apart = np.stack(parts) - np.mean(parts, axis=0)
    error = np.sqrt((1 - share) * (groups - 1) / groups * (apart**2).sum(axis=0))
    reach = (STUDENT[groups - 2] if groups - 2 < len(STUDENT) else NORMAL) * error
    return whole - reach, whole + reach


def share_bounds(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval: that of a share that was 0 in all groups is no point (E. Wilson, JASA 22, 1927)."""
    if not count:
        return 0.0, 1.0
    square = NORMAL**2 / count
    middle = (share + square / 2) / (1 + square)
    reach = NORMAL / (1 + square) * np.sqrt(share * (1 - share) / count + square / count / 4)
    return float(middle - reach), float(middle + reach)
