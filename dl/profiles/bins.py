"""Where the bins of a column lie. They are chosen from a first look at its values and then stay, so counts add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dl.profiles.profile import SHARES

BARS = 25  # of a picture, about
FEW_VALUES = 400  # so many different ones each get a bin of their own
VALUES_OF_ALL = 100_000  # and of all columns of a wide table together,
FEWEST_VALUES = 20  # though of each so many
SPIKE_SHARE = 0.0005  # of more, the most frequent do, if they are at least so frequent
QUANTILE_BINS = 128
STEPS = np.array([1.0, 2.0, 2.5, 5.0, 10.0])
TAIL = 0.005  # what is cut off on each side, where it would squeeze the rest
SQUEEZED = 1.5
FENCE = 3.0  # times the distance of the quartiles beyond them: far out (Tukey, Exploratory Data Analysis, 1977)
SECOND, DAY = 1e6, 86_400e6  # in the microseconds of dates
UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "D": DAY, "W": 7 * DAY, "M": 30.4 * DAY, "Y": 365.2 * DAY}
MOST_UNITS = 40
LARGEST, SMALLEST = 1e300, 1e-290  # of an edge and of a bar, so that differences and quotients are numbers too
CELLS = 16_384  # of the same width, through which a value finds its bin in a fifth of the time of a binary search


@dataclass(frozen=True)
class Bins:
    """Bin `j` holds `edges[j - 1] <= value < edges[j]`; bin 0 has no lower edge, bin `len(edges)` no upper one.

    `shown` (ascending places in `edges`) bound the bars of the picture; `fences` are the places of the two edges
    beyond which values lie far out.
    """

    edges: NDArray[np.float64]
    shown: NDArray[np.int64]
    fences: tuple[int, int]

    @property
    def missing(self) -> int:
        """The code of what is missing."""
        return len(self.edges) + 1

    @property
    def size(self) -> int:
        return len(self.edges) + 2

    @cached_property
    def single(self) -> NDArray[np.bool_]:
        """Which bins can hold one value only, their lower edge. (size - 1,)"""
        inner = np.nextafter(self.edges[:-1], np.inf) == self.edges[1:]
        return np.concatenate([[False], inner, [False]])

    def codes(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Equal to those of `np.searchsorted`."""
        is_missing = np.isnan(values)
        any_missing = bool(is_missing.any())
        known = np.where(is_missing, 0.0, values) if any_missing else values
        cells = self._cells(known)
        before, most, crowded = self._lookup
        codes = before[cells]
        for _ in range(most):
            codes += known >= self._bounded[codes]
        if len(crowded):
            is_crowded = crowded[cells]
            codes[is_crowded] = np.searchsorted(self.edges, known[is_crowded], side="right")
        if any_missing:
            codes[is_missing] = self.missing
        return codes

    def _cells(self, values: NDArray[np.float64]) -> NDArray[np.int32]:
        """Never falls as values grow, so only edges in a value's own cell have to be compared with it."""
        low, high = self.edges[self.shown[[0, -1]]]
        with np.errstate(over="ignore"):
            places = (values - low) * (CELLS / (high - low))
        return np.clip(places, 0, CELLS - 1, out=places).astype(np.int32)

    @cached_property
    def _lookup(self) -> tuple[NDArray[np.int64], int, NDArray[np.bool_]]:
        """How many edges lie before each cell, how many at most in one that is not crowded, and which are crowded."""
        inside = np.bincount(self._cells(self.edges), minlength=CELLS)
        crowded = inside > 2
        most = int(inside[~crowded].max(initial=0))
        return np.cumsum(inside) - inside, most, crowded if crowded.any() else np.empty(0, bool)

    @cached_property
    def _bounded(self) -> NDArray[np.float64]:
        return np.append(self.edges, np.inf)


def choose_bins(values: NDArray[np.float64], *, dates: bool = False, columns: int = 1) -> Bins:
    """From some values, NaN where missing; `columns` is how many of them there are.

    If these are all values, the quantiles that are told are exact.
    """
    known = np.sort(np.clip(values[~np.isnan(values)], -LARGEST, LARGEST))
    if not len(known):
        known = np.zeros(1)
    bars = _dates(known) if dates else _bars(known)
    fences = _fences(known)
    few = min(FEW_VALUES, max(FEWEST_VALUES, VALUES_OF_ALL // columns))
    singles = np.concatenate([_singles(known, few), *_around(known, SHARES)])
    quantiles, _ = _around(known, np.linspace(0, 1, min(QUANTILE_BINS, few) + 1))
    edges = np.unique(np.concatenate([bars, fences, quantiles, singles, np.nextafter(singles, np.inf)]))
    low, high = np.searchsorted(edges, fences).tolist()
    return Bins(edges, np.searchsorted(edges, bars), (low, high))


def _around(known: NDArray[np.float64], shares: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """The values below and above quantiles of sorted ones. (2, shares)"""
    places = np.asarray(shares) * (len(known) - 1)
    return known[np.stack([np.floor(places), np.ceil(places)]).astype(int)]


def _singles(known: NDArray[np.float64], few: int) -> NDArray[np.float64]:
    """Values that are counted one by one."""
    starts = np.flatnonzero(np.diff(known, prepend=-np.inf))
    values, counts = known[starts], np.diff(starts, append=len(known))
    if len(values) <= few:
        return values
    frequent = np.argsort(-counts, kind="stable")[: few // 4]
    return values[frequent[counts[frequent] >= max(3.0, SPIKE_SHARE * len(known))]]


def _fences(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lower one is part of what is usual, the upper one too: hence the next number."""
    (low, high), _ = _around(known, (0.25, 0.75))
    reach = FENCE * (high - low)
    return np.array([low - reach, np.nextafter(high + reach, np.inf)])


def _bars(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round numbers, evenly apart; whole ones for whole numbers."""
    low, high = _range(known)
    step = _round_step((high - low) / BARS)
    if bool(np.all(known == np.floor(known))):
        step = max(1.0, np.ceil(step))
    step = max(step, SMALLEST, 8 * float(np.spacing(max(abs(low), abs(high)))))  # huge numbers lie apart
    first, last = np.floor(low / step), np.floor(high / step) + 1
    places = np.arange(first, last + 1)
    return places * step if step >= 1 else places / np.round(1 / step, 9)


def _range(known: NDArray[np.float64]) -> tuple[float, float]:
    """Without the tails, where they are far longer than what they hold."""
    low, high = known[0], known[-1]
    (inner_low, inner_high), _ = _around(known, (TAIL, 1 - TAIL))
    inner = inner_high - inner_low
    if inner > 0 and high - low > SQUEEZED * inner:
        reach = (SQUEEZED - 1) / 2 * inner
        low, high = max(low, inner_low - reach), min(high, inner_high + reach)
    return float(low), float(high)


def _round_step(step: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten."""
    if not step > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(step))
    return float(power * STEPS[np.searchsorted(STEPS, step / power * (1 - 1e-9))])


def _dates(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beginnings of seconds, minutes, … or years, the finest that gives few enough; every so many years beyond them."""
    low, high = known[0], known[-1]
    unit = next((unit for unit, length in UNITS.items() if (high - low) / length <= MOST_UNITS), "Y")
    first, last = (np.array([end]).astype("datetime64[us]").astype(f"datetime64[{unit}]")[0] for end in (low, high))
    every = -(-int((last - first).astype(int) + 1) // MOST_UNITS)
    starts = np.arange(first, last + 1 + every, every)
    return starts.astype("datetime64[us]").astype(np.int64).astype(np.float64)
