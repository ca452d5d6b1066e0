"""Fewer points with the same silhouette: the lowest and the highest value of every pixel column."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def decimate(x: Array, y: Array, columns: int = 1000) -> tuple[Array, Array]:
    """At most `2 * columns` points in their order, first and last kept; a column without numbers stays a gap."""
    if len(y) <= 2 * columns:
        return x, y
    kept = np.unique(np.concatenate(([0, len(y) - 1], 1 + _extremes(y[1:-1], columns - 1))))
    return x[kept], y[kept]


def _extremes(y: Array, columns: int) -> NDArray[np.intp]:
    """Positions of the minimum and the maximum of each of at most `columns` equal parts."""
    size = -(-len(y) // columns)
    whole = len(y) // size * size
    parts = y[:whole].reshape(-1, size)
    starts = np.arange(len(parts)) * size
    found = [starts + _lowest(parts), starts + _lowest(-parts)]
    if whole < len(y):
        rest = y[whole:].reshape(1, -1)
        found += [whole + _lowest(rest), whole + _lowest(-rest)]
    return np.concatenate(found)


def _lowest(parts: Array) -> NDArray[np.intp]:
    return np.argmin(np.where(np.isfinite(parts), parts, np.inf), axis=1)
