"""How well scores put the rows of one class before all others, at every threshold: ROC and precision-recall curves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.evaluation.intervals import Z_95, Estimate

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Ranking:
    """Of each of the `thresholds`, the distinct scores from the greatest on: how many rows score as much or more.

    Rows of the same score are never told apart, so they stand together. All arrays are (distinct scores,).
    """

    thresholds: Floats
    true_positives: Counts
    false_positives: Counts
    positives: int
    negatives: int

    @property
    def rows(self) -> int:
        return self.positives + self.negatives


@dataclass(frozen=True)
class Curve:
    """Points (x, y), each of them with the threshold from which on a row counts as positive: inf for none."""

    x: Floats
    y: Floats
    thresholds: Floats


def ranking(positive: NDArray[np.bool_], scores: NDArray[Any]) -> Ranking:
    """`positive` says which rows are of the class that a high score (rows,) shall speak for."""
    order = np.argsort(scores)[::-1]
    sorted_scores = np.asarray(scores)[order]
    last = np.flatnonzero(np.append(sorted_scores[1:] != sorted_scores[:-1], True)) if len(order) else order
    hits = np.cumsum(np.asarray(positive, bool)[order], dtype=np.int64)[last]
    total = int(np.count_nonzero(positive))
    return Ranking(sorted_scores[last].astype(float), hits, last + 1 - hits, total, len(order) - total)


def roc_curve(ranked: Ranking) -> Curve:
    """x: the share of the negative rows that are taken for positive; y: the share of the positive ones that are found.

    T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006), 861-874. NaN without a class.
    """
    x = _share(np.append(0, ranked.false_positives), ranked.negatives)
    y = _share(np.append(0, ranked.true_positives), ranked.positives)
    return Curve(x, y, np.append(np.inf, ranked.thresholds))


def precision_recall_curve(ranked: Ranking) -> Curve:
    """x: recall; y: precision, at each threshold. NaN without positive rows."""
    precision = ranked.true_positives / (ranked.true_positives + ranked.false_positives)
    return Curve(_share(ranked.true_positives, ranked.positives), precision, ranked.thresholds)


def average_precision(ranked: Ranking) -> float:
    """The area under the precision-recall curve as a sum of steps: no line is drawn between points that nobody reaches.

    J. Davis, M. Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006, 233-240.
    """
    curve = precision_recall_curve(ranked)
    return float(np.sum(np.diff(curve.x, prepend=0) * curve.y)) if ranked.positives else np.nan


def roc_area(ranked: Ranking) -> Estimate:
    """The chance that a positive row scores higher than a negative one, a tie counting half; NaN without a class.

    J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC)
    curve", Radiology 143 (1982), 29-36; the interval, which is sound for few rows and areas of 1 too, is method 5 of
    R. G. Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2",
    Statistics in Medicine 25 (2006), 559-573.
    """
    if not ranked.positives or not ranked.negatives:
        return Estimate(np.nan, np.nan, np.nan)
    curve = roc_curve(ranked)
    area = float(np.trapezoid(curve.y, curve.x))
    return Estimate(area, _bound(area, ranked, 0.0), _bound(area, ranked, 1.0))


def thinned(curve: Curve, points: int = 800) -> Curve:
    """At most so many of its points, evenly along its way, both ends among them: what a chart can show."""
    if len(curve.x) <= points:
        return curve
    way = np.append(0, np.cumsum(np.abs(np.diff(curve.x)) + np.abs(np.diff(curve.y))))
    kept = np.unique(np.searchsorted(way, np.linspace(0, way[-1], points - 1)))
    kept = np.union1d(kept, [0, len(way) - 1])
    return Curve(curve.x[kept], curve.y[kept], curve.thresholds[kept])


def _bound(area: float, ranked: Ranking, limit: float) -> float:
    """Between the area and 0 or 1: where the area found is just as far off as 95 % of samples are; by bisection."""
    near, far = area, limit
    for _ in range(50):
        middle = (near + far) / 2
        inside = abs(area - middle) <= Z_95 * _standard_error(middle, ranked)
        near, far = (middle, far) if inside else (near, middle)
    return near


def _standard_error(area: float, ranked: Ranking) -> float:
    half = ranked.rows / 2 - 1
    spread = 1 + half * ((1 - area) / (2 - area) + area / (1 + area))
    return float(np.sqrt(area * (1 - area) * spread / (ranked.positives * ranked.negatives)))


def _share(counts: Counts, total: int) -> Floats:
    return counts / total if total else np.full(len(counts), np.nan)
