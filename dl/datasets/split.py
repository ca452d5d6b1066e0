"""Which rows of the training set are held out for validation. A generated script repeats the two lines of `split`."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def split(rows: int, validation_share: float, seed: int) -> tuple[Indices, Indices]:
    """(training, validation): the same seed gives the same rows, whatever else changes."""
    order = np.random.default_rng(seed).permutation(rows)
    return order[round(rows * validation_share) :], order[: round(rows * validation_share)]
