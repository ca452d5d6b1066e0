"""Fewer points with the same silhouette: the lowest and the highest value of every pixel column."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def decimate(x: Array, y: Array, columns: int = 1000) -> tuple[Array, Array]:
    """At most `2 * columns` points in their order, first and last kept; a column without numbers stays a gap."""
    if len(y) <= 2 * columns:
        return x, y
    low, high = extremes(y[1:-1], y[1:-1], columns - 1)
    kept = np.unique(np.concatenate(([0, len(y) - 1], 1 + low, 1 + high)))
    return x[kept], y[kept]


def extremes(lows: Array, highs: Array, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of the lowest of `lows` and of the highest of `highs` in each of at most `columns` equal parts."""
    size = -(-len(lows) // columns)
    return _lowest(lows, size), _lowest(-highs, size)


def _lowest(values: Array, size: int) -> NDArray[np.intp]:
    numbers = np.where(np.isfinite(values), values, np.inf)
    whole = len(values) // size * size
    found = np.arange(0, whole, size) + numbers[:whole].reshape(-1, size).argmin(axis=1)
    return np.append(found, whole + numbers[whole:].argmin()) if whole < len(values) else found
