"""What is counted of a column, block by block. Everything here adds up, so each row is looked at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn
from dl.profiles.bins import Bins
from dl.profiles.blocks import Content
from dl.profiles.distinct import DistinctCounter, hashes_of
from dl.profiles.levels import Levels
from dl.profiles.targets import Targets

GROUPS = 10  # random groups of blocks, from whose differences follows how far an estimate may be off


@dataclass(frozen=True)
class Counts:
    """`joint` (codes, targets) counts rows, `target_sums` (codes,) adds the values of a target that is a number up.

    `sums` are of the known values: of them and of their squares, each less `shift`.
    """

    joint: NDArray[np.int64]
    target_sums: NDArray[np.float64]
    sums: NDArray[np.float64]

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.joint + other.joint, self.target_sums + other.target_sums, self.sums + other.sums)

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(self.joint - other.joint, self.target_sums - other.target_sums, self.sums - other.sums)


class ColumnTally:
    """`coder` says which value has which code, `targets` how many codes the target has.

    So many `distinct` values are counted exactly beside those that the coder counts one by one.
    """

    def __init__(self, column: AnyColumn, coder: Bins | Levels, targets: int, distinct: int) -> None:
        self.column, self.coder = column, coder
        self.shift = float(np.median(coder.edges)) if isinstance(coder, Bins) else 0.0
        nothing = Counts(np.zeros((coder.size, targets), np.int64), np.zeros(coder.size), np.zeros(2))
        self.groups = [nothing] * GROUPS
        self.least, self.greatest, self.is_whole = np.inf, -np.inf, True
        self.strays = DistinctCounter(distinct)

    @property
    def is_number(self) -> bool:
        return isinstance(self.coder, Bins)

    def add(self, group: int, content: Content, targets: Targets) -> NDArray[Any]:
        """Returns the number or the code of the level of each row."""
        field, sums = self.column.field, np.zeros(2)
        values: NDArray[Any]
        if isinstance(self.coder, Bins):
            values = content.numbers(field)
            codes = self.coder.codes(values)
            sums = self._look(values, codes, self.coder)
        else:
            values = codes = self.coder.codes(content.words(field))
            if (is_other := codes == Levels.other).any():
                self.strays.add(content.word_hashes(field)[is_other])
        self.groups[group] += Counts(self._joint(codes, targets.codes), self._target_sums(codes, targets.values), sums)
        return values

    def _joint(self, codes: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.int64]:
        shape = self.groups[0].joint.shape
        return np.bincount(codes * shape[1] + targets, minlength=shape[0] * shape[1]).reshape(shape)

    def _target_sums(self, codes: NDArray[np.int64], values: NDArray[np.float64] | None) -> NDArray[np.float64]:
        if values is None:
            return np.zeros(self.coder.size)
        return np.bincount(codes, weights=values, minlength=self.coder.size).astype(float)

    def total(self) -> Counts:
        return sum(self.groups[1:], start=self.groups[0])

    def without_each(self, total: Counts) -> list[Counts]:
        """All but one group, for each that has rows."""
        return [total - group for group in self.groups if group.joint.any()]

    def distinct(self, total: Counts) -> int:
        """Different values so far; of more than some thousand an estimate."""
        counts = total.joint.sum(axis=1)
        alone = self.coder.single if isinstance(self.coder, Bins) else np.arange(Levels.other)
        return int(np.count_nonzero(counts[: len(alone)][alone])) + self.strays.count

    def _look(self, values: NDArray[np.float64], codes: NDArray[np.int64], bins: Bins) -> NDArray[Any]:
        """The sums, and beside them the ends and the values that share a bin."""
        known = values if (is_known := codes != bins.missing).all() else values[is_known]
        if not len(known):
            return np.zeros(2)
        self.least, self.greatest = min(self.least, float(known.min())), max(self.greatest, float(known.max()))
        self.is_whole = self.is_whole and bool(np.all(known == np.floor(known)))
        is_shared = ~np.append(bins.single, True)
        if is_shared[:-1].any():
            self.strays.add(hashes_of(values[is_shared[codes]]))
        apart = known - self.shift
        with np.errstate(over="ignore"):
            return np.array([apart.sum(), np.square(apart).sum()])
