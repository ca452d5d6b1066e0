"""Different values are counted exactly while they are few, and then nearly."""

import numpy as np
import pytest

from dl.profiles.distinct import DistinctCounter, hashes_of

RANDOM = np.random.default_rng(0)


def counted(values: np.ndarray, most: int) -> DistinctCounter:
    counter = DistinctCounter(most)
    for part in np.array_split(values, 7):
        counter.add(hashes_of(part))
    return counter


def test_few_are_counted_exactly() -> None:
    counter = counted(np.append(RANDOM.integers(0, 900, 50_000), [0.0, -0.0]).astype(float), 1000)
    assert (counter.count, counter.is_exact, counter.relative_error) == (900, True, 0)


PLACE = np.arange(100_000.0)


@pytest.mark.parametrize("values", [RANDOM.random(100_000), PLACE, PLACE / 100, 2.0 ** RANDOM.uniform(0, 60, 100_000)])
def test_many_are_estimated_within_three_standard_errors(values: np.ndarray) -> None:
    counter = counted(np.tile(values, 2), 4096)
    assert not counter.is_exact
    assert counter.count == pytest.approx(len(np.unique(values)), rel=3 * counter.relative_error)
