"""From what was counted of a column to what is said of it, each figure with its 95 % interval."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dl.profiles.bins import Bins
from dl.profiles.levels import Levels
from dl.profiles.measures import NORMAL, Quantiles, band, class_relation, number_relation, share_bounds
from dl.profiles.profile import SHARES, ColumnProfile, Estimate, Histogram, Level, NumberProfile
from dl.profiles.tally import ColumnTally, Counts
from dl.profiles.targets import TargetCodes, equal_groups

FREQUENT = 50  # levels that are told
FREQUENT_NUMBERS = 20
RELATION_BINS = 20
DETAIL_BINS = 200
ROWS_PER_BIN = 10  # of the relation, at least about

Figures = Callable[[Counts], NDArray[np.float64]]


@dataclass(frozen=True)
class Summary:
    """Of one column, after `read` of `rows` rows."""

    tally: ColumnTally
    targets: TargetCodes
    read: int
    rows: int

    def column(self) -> ColumnProfile:
        column, total = self.tally.column, self.tally.total()
        frequent = self._frequent(total)
        shares = self._estimates(total, frequent)
        levels = self._levels(total, frequent, shares[2:])
        detail = _relation_groups(total.joint, self.tally.coder, DETAIL_BINS)
        is_feature = column.field != self.targets.column.field
        return ColumnProfile(
            name=column.name,
            field=column.field,
            kind=column.kind,
            role=column.role,
            missing=shares[0],
            missing_counts=_ints(total.joint[-1]),
            distinct=None if column.kind == "text" else self._distinct(total),
            relation=shares[1] if is_feature else None,
            relation_in_detail=self._relation(total, detail) if is_feature else 1.0,
            frequent=levels,
            other=_ints(total.joint[:-1].sum(axis=0) - total.joint[frequent].sum(axis=0)),
            number=NumberSummary(self, self.tally.coder).number(total) if isinstance(self.tally.coder, Bins) else None,
        )

    def estimates(self, total: Counts, figures: Figures) -> list[Estimate]:
        whole = figures(total)
        low, high = band(whole, self._without_each(total, figures), self.read / self.rows)
        found = zip(whole.tolist(), low.tolist(), high.tolist(), strict=True)
        return [Estimate(value=value, low=low, high=high) for value, low, high in found]

    def _without_each(self, total: Counts, figures: Figures) -> list[NDArray[np.float64]]:
        return [] if self.is_exact else [figures(part) for part in self.tally.without_each(total)]

    @property
    def is_exact(self) -> bool:
        return self.read == self.rows

    def _estimates(self, total: Counts, frequent: NDArray[np.int64]) -> list[Estimate]:
        """The share that is missing, the relation, and the shares of the frequent levels: none surer than it can be."""
        group = _relation_groups(total.joint, self.tally.coder, RELATION_BINS)

        def figures(counts: Counts) -> NDArray[np.float64]:
            rows = counts.joint.sum(axis=1)
            missing = rows[-1] / max(1, rows.sum())
            return np.array([missing, self._relation(counts, group), *(rows[frequent] / max(1, rows[:-1].sum()))])

        found = self.estimates(total, figures)
        known = int(total.joint[:-1].sum())
        counted = [self.read, None, *([known] * len(frequent))]
        return [self._share(each, count) for each, count in zip(found, counted, strict=True)]

    def _relation(self, counts: Counts, group: NDArray[np.int64]) -> float:
        merged = np.zeros((group.max() + 1, counts.joint.shape[1] - 1), np.int64)
        np.add.at(merged, group, counts.joint[:, :-1])
        return number_relation(merged) if isinstance(self.targets.coder, Bins) else class_relation(merged)

    def _share(self, estimate: Estimate, count: int | None) -> Estimate:
        """Within 0 and 1; with the interval that a share of so many rows has at least."""
        low, high = estimate.low, estimate.high
        if count is not None and not self.is_exact:
            least, most = share_bounds(estimate.value, count)
            low, high = min(low, least), max(high, most)
        return Estimate(value=estimate.value, low=max(0.0, low), high=min(1.0, high))

    def _frequent(self, total: Counts) -> NDArray[np.int64]:
        """Codes of what is counted one by one, the most frequent first, ties in the order of the codes."""
        counts = total.joint.sum(axis=1)
        if isinstance(self.tally.coder, Bins):
            if self.tally.column.kind != "number":
                return np.empty(0, np.int64)
            alone, most = np.flatnonzero(self.tally.coder.single), FREQUENT_NUMBERS
        else:
            alone, most = np.arange(len(self.tally.coder.names)), FREQUENT
        alone = alone[counts[alone] > 0]
        return alone[np.argsort(-counts[alone], kind="stable")][:most]

    def _levels(self, total: Counts, frequent: NDArray[np.int64], shares: list[Estimate]) -> tuple[Level, ...]:
        coder, means = self.tally.coder, self.target_means(total.joint[frequent], total.target_sums[frequent])
        values = [
            float(coder.edges[code - 1]) if isinstance(coder, Bins) else coder.names[code] for code in frequent.tolist()
        ]
        counts = map(_ints, total.joint[frequent])
        found = zip(values, counts, shares, means or [None] * len(values), strict=True)
        return tuple(
            Level(value=value, counts=counts, share=share, target_mean=mean) for value, counts, share, mean in found
        )

    def target_means(self, joint: NDArray[np.int64], sums: NDArray[np.float64]) -> list[float | None]:
        """Of a target that is a number, else none."""
        if not isinstance(self.targets.coder, Bins):
            return []
        known = joint[:, :-1].sum(axis=1)
        return [float(one / count) if count else None for one, count in zip(sums, known, strict=True)]

    def _distinct(self, total: Counts) -> Estimate:
        """What has not been read brings new values at the pace of what was read, at the most."""
        count, known = self.tally.distinct(total), int(total.joint[:-1].sum())
        reach = NORMAL * self.tally.strays.relative_error * self.tally.strays.count
        count = min(count, known)
        high = min(known, count + reach) * self.rows / max(1, self.read)
        return Estimate(value=count, low=count - reach, high=max(count, high))


@dataclass(frozen=True)
class NumberSummary:
    summary: Summary
    bins: Bins

    def number(self, total: Counts) -> NumberProfile:
        tally, rows = self.summary.tally, total.joint.sum(axis=1)
        (mean,) = self.summary.estimates(total, self._mean)
        low, high = self.bins.fences
        inner, end_counts = self._ends(total)
        return NumberProfile(
            mean=mean,
            standard_deviation=_deviation(total, int(rows[:-1].sum())),
            least=tally.least,
            greatest=tally.greatest,
            inner=inner,
            end_counts=end_counts,
            is_whole=tally.is_whole,
            quantiles=self._quantile_estimates(total),
            histogram=self._histogram(total),
            fences=(float(self.bins.edges[low]), float(self.bins.edges[high])),
            outside=(int(rows[: low + 1].sum()), int(rows[high + 1 : -1].sum())),
        )

    def _mean(self, counts: Counts) -> NDArray[np.float64]:
        known = int(counts.joint[:-1].sum())
        return np.array([self.summary.tally.shift + counts.sums[0] / known if known else np.nan])

    def _quantile_estimates(self, total: Counts) -> tuple[Estimate, ...]:
        """The interval of the share below a quantile gives that of the quantile (R. Woodruff, JASA 47, 1952).

        When all rows are counted, a quantile is still known no better than its bin.
        """
        quantiles = self._quantiles(total)
        values = quantiles.at(np.array(SHARES))
        if np.isnan(values).any():
            return tuple(Estimate(value=np.nan, low=np.nan, high=np.nan) for _ in SHARES)
        shares = self.summary.estimates(total, lambda counts: self._quantiles(counts).below(values))
        return tuple(self._interval(quantiles, *found) for found in zip(SHARES, values.tolist(), shares, strict=True))

    def _interval(self, quantiles: Quantiles, share: float, value: float, found: Estimate) -> Estimate:
        ends = np.clip([share + found.low - found.value, share + found.high - found.value], 0, 1)
        (low, _), (_, high) = (quantiles.bounds(float(end)) for end in ends)
        return Estimate(value=value, low=min(low, value), high=max(high, value))

    def _quantiles(self, counts: Counts) -> Quantiles:
        ends = (self.summary.tally.least, self.summary.tally.greatest)
        return Quantiles(self.bins, counts.joint[:-1].sum(axis=1), ends)

    def _ends(self, total: Counts) -> tuple[tuple[float, float], tuple[int, int]]:
        """The ends without the least and the greatest value, and how many rows have those; as far as bins tell."""
        rows = total.joint[:-1].sum(axis=1)
        filled = np.flatnonzero(rows)
        if not len(filled):
            return (np.nan, np.nan), (0, 0)
        lower, upper = self._quantiles(total).ranges()
        first, last = filled[[0, -1]]
        single = self.bins.single[[first, last]]
        inner = filled[1 if single[0] and len(filled) > 1 else 0], filled[-2 if single[1] and len(filled) > 1 else -1]
        counts = int(rows[first]) if single[0] else 0, int(rows[last]) if single[1] else 0
        return (float(lower[inner[0]]), float(upper[inner[1]])), counts

    def _histogram(self, total: Counts) -> Histogram:
        starts = np.concatenate([[0], self.bins.shown + 1])
        joint = np.add.reduceat(total.joint[:-1], starts)
        sums = np.add.reduceat(total.target_sums[:-1], starts)
        return Histogram(
            edges=tuple(self.bins.edges[self.bins.shown].tolist()),
            counts=tuple(map(_ints, joint)),
            target_means=tuple(self.summary.target_means(joint, sums)),
        )


def _relation_groups(joint: NDArray[np.int64], coder: Bins | Levels, bins: int) -> NDArray[np.int64]:
    """Which bins the relation takes together: of numbers until each has some rows; what is missing stays apart."""
    rows = joint.sum(axis=1)
    if isinstance(coder, Levels):
        return np.arange(len(rows))
    most = int(np.clip(rows[:-1].sum() // ROWS_PER_BIN, 2, bins))
    group = equal_groups(rows[:-1], most)
    return np.append(group, group[-1] + 1)


def _deviation(total: Counts, known: int) -> float:
    """As pandas has it, with one degree of freedom less."""
    if known < 2:
        return float("nan")
    with np.errstate(over="ignore", invalid="ignore"):
        mean = total.sums[0] / known
        return float(np.sqrt(max(0.0, total.sums[1] / known - mean**2) * known / (known - 1)))


def _ints(counts: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(counts.tolist())
