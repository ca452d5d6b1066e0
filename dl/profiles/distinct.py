"""How many different values there are, in little memory: exact while they are few, then by adaptive sampling."""

import numpy as np
from numpy.typing import NDArray

FACTORS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))


class DistinctCounter:
    """Keeps the hashes below a limit, which is halved when they become too many.

    P. Flajolet, On adaptive sampling, Computing 43 (1990): unbiased, with a relative standard error of
    1.2 / sqrt(`most`).
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = np.empty(0, np.uint64)
        self._halvings = 0

    @property
    def is_exact(self) -> bool:
        return not self._halvings

    @property
    def count(self) -> int:
        return len(self._kept) << self._halvings

    @property
    def relative_error(self) -> float:
        """One standard error."""
        return 0.0 if self.is_exact else 1.2 / self._most**0.5

    def add(self, hashes: NDArray[np.uint64]) -> None:
        """Hashes of values, as often as they come."""
        self._kept = sorted_unique(np.concatenate([self._kept, hashes[hashes <= self._limit]]))
        while len(self._kept) > self._most:
            self._halvings += 1
            self._kept = self._kept[self._kept <= self._limit]

    @property
    def _limit(self) -> np.uint64:
        return np.uint64((1 << (64 - self._halvings)) - 1)


def sorted_unique(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """As `np.unique`, which builds a table of hashes of its own and takes ten times as long."""
    hashes = np.sort(hashes)
    is_first = np.ones(len(hashes), bool)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    return hashes[is_first]


def hashes_of(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Of numbers; zero has one, whichever its sign (two rounds of the finaliser of MurmurHash3, A. Appleby)."""
    mixed = (values + 0.0).view(np.uint64)
    shifted = np.empty_like(mixed)
    for factor in FACTORS:
        np.right_shift(mixed, np.uint64(33), out=shifted)
        mixed ^= shifted
        mixed *= factor
    np.right_shift(mixed, np.uint64(33), out=shifted)
    mixed ^= shifted
    return mixed
