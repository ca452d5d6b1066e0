"""Checkpoints are made as often as they can be paid for, and no more often."""

import pytest

from dl.training.rhythm import SHARE, WITHIN_SECONDS, Rhythm


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("cost", "epoch"), [(0.004, 0.3), (0.5, 1.0), (2.0, 300.0)])
def test_checkpoints_cost_at_most_their_share_of_the_time(cost: float, epoch: float) -> None:
    clock, spent, kept = Clock(), 0.0, 0
    rhythm = Rhythm(0.0, clock)
    for _ in range(2000):
        clock.now += epoch
        if rhythm.is_due(epoch_ended=True):
            clock.now, spent, kept = clock.now + cost, spent + cost, kept + 1
            rhythm.note(cost)
    assert kept > 5 and spent <= SHARE * clock.now


def test_epochs_without_an_end_in_sight_are_saved_in_between() -> None:
    clock = Clock()
    rhythm = Rhythm(0.0, clock)
    clock.now = WITHIN_SECONDS - 1
    assert not rhythm.is_due(epoch_ended=False) and rhythm.is_due(epoch_ended=True)
    clock.now = WITHIN_SECONDS + 1
    assert rhythm.is_due(epoch_ended=False)
