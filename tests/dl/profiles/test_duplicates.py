"""Equal rows are counted exactly while there is room, and then nearly."""

import numpy as np
import pytest

from dl.profiles.distinct import hashes_of
from dl.profiles.duplicates import RowCounter

RANDOM = np.random.default_rng(0)


def counted(values: np.ndarray, is_test: np.ndarray, most: int) -> RowCounter:
    counter = RowCounter(most)
    for part, test in zip(np.array_split(hashes_of(values), 9), np.array_split(is_test, 9), strict=True):
        counter.add(part, test)
    return counter


VALUES = RANDOM.integers(0, 40_000, 50_000).astype(float)
TEST = RANDOM.random(50_000) < 0.2
DUPLICATES = 50_000 - len(np.unique(VALUES))
SHARED = int(np.isin(VALUES[TEST], VALUES[~TEST]).sum())


def test_rows_are_counted_exactly_while_there_is_room() -> None:
    counter = counted(VALUES, TEST, 1_000_000)
    assert (counter.duplicates().value, counter.duplicates().is_exact) == (DUPLICATES, True)
    assert (counter.shared().value, counter.shared().is_exact) == (SHARED, True)
    assert counter.shared().value == SHARED


def test_rows_are_estimated_with_an_interval_when_there_are_too_many() -> None:
    counter = counted(VALUES, TEST, 5_000)
    for estimate, truth in ((counter.duplicates(), DUPLICATES), (counter.shared(), SHARED)):
        assert estimate.low <= truth <= estimate.high and not estimate.is_exact
        assert estimate.value == pytest.approx(truth, rel=0.15)


def test_nothing_is_counted_before_there_is_a_row() -> None:
    assert RowCounter().duplicates().value == RowCounter().shared().value == 0
