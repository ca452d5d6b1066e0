"""Rows that are the same: all of them while there are few different ones, then those of a share of all hashes."""

import numpy as np
from numpy.typing import NDArray

from dl.profiles.measures import NORMAL
from dl.profiles.profile import Estimate

MOST = 500_000


class RowCounter:
    """Counts equal hashes below a limit in each split; the limit is halved when they become too many.

    Which rows are looked at depends on what is in them alone, so equal ones are looked at together.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most, self._halvings = most, 0
        self._hashes = np.empty(0, np.uint64)
        self._counts = np.empty((0, 2), np.int64)  # in the training set, in the test set
        self._new: list[tuple[NDArray[np.uint64], NDArray[np.bool_]]] = []

    def add(self, hashes: NDArray[np.uint64], is_test: NDArray[np.bool_]) -> None:
        kept = hashes <= self._limit
        self._new.append((hashes[kept], is_test[kept]))
        if sum(len(new) for new, _ in self._new) >= self._most:
            self._merge()

    def duplicates(self) -> Estimate:
        """Rows that repeat another, which counts itself once."""
        self._merge()
        return self._estimate(self._counts.sum(axis=1) - 1)

    def shared(self) -> Estimate:
        """Rows of the test set that are in the training set too."""
        self._merge()
        return self._estimate(self._counts[self._counts[:, 0] > 0, 1])

    def _estimate(self, counts: NDArray[np.int64]) -> Estimate:
        """Of what was looked at, for all (D. Horvitz, D. Thompson, JASA 47, 1952)."""
        chance = 0.5**self._halvings
        found = float(counts.sum())
        reach = NORMAL * float(np.sqrt((1 - chance) * (counts.astype(float) ** 2).sum())) / chance
        return Estimate(value=found / chance, low=max(found, found / chance - reach), high=found / chance + reach)

    def _merge(self) -> None:
        if not self._new:
            return
        hashes = np.concatenate([self._hashes, *(new for new, _ in self._new)])
        is_test = np.concatenate([new for _, new in self._new])
        self._new.clear()
        rows = np.concatenate([self._counts, np.stack([~is_test, is_test], axis=1)])
        order = np.argsort(hashes)
        starts = np.flatnonzero(np.diff(hashes[order], prepend=~hashes[order[:1]]))
        self._hashes, self._counts = hashes[order[starts]], np.add.reduceat(rows[order], starts)
        while len(self._hashes) > self._most // 2:
            self._halvings += 1
            kept = self._hashes <= self._limit
            self._hashes, self._counts = self._hashes[kept], self._counts[kept]

    @property
    def _limit(self) -> np.uint64:
        return np.uint64((1 << (64 - self._halvings)) - 1)
