"""Exponential moving averages."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def smoothed(y: NDArray[Any], smoothing: float) -> NDArray[np.float32]:
    """Exponential moving average, corrected for its empty start; gaps stay gaps and infinities become some."""
    finite = np.isfinite(y)
    total = _weighted_sum(y[finite].astype(float), smoothing)
    start = memory(smoothing, 1e-9)
    total[:start] /= 1 - smoothing ** np.arange(1, len(total[:start]) + 1)
    mean = np.full(len(y), np.nan, np.float32)
    mean[finite] = total * (1 - smoothing)
    return mean


def _weighted_sum(total: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """Of each value and all before it, in place: each round doubles how far it looks back, until nothing has weight."""
    further = np.empty_like(total)
    reach, weight = 1, smoothing
    while reach < len(total) and weight > 1e-9:
        np.multiply(total[:-reach], weight, out=further[reach:])
        total[reach:] += further[reach:]
        reach, weight = 2 * reach, weight**2
    return total


def memory(smoothing: float, left: float = 1e-3) -> int:
    """After how many values one has no more than `left` of its weight."""
    return math.ceil(math.log(left) / math.log(smoothing)) if smoothing > 0 else 0
