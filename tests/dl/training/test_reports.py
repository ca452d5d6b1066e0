"""How far a training is: the same sums, bit for bit, however the steps were divided into calls."""

import numpy as np
import pytest

from dl.training.reports import Position


@pytest.mark.parametrize("calls", [[50], [1] * 50, [7, 13, 30]], ids=len)
def test_sums_do_not_depend_on_how_the_steps_are_divided(calls: list[int]) -> None:
    random = np.random.default_rng(0)
    losses, metrics = (random.random(50, np.float32) for _ in range(2))
    rows, expected, position = np.full(50, 32), [0.0, 0.0], Position()
    for loss, metric in zip(losses, metrics, strict=True):
        expected = [expected[0] + float(32 * loss), expected[1] + float(32 * metric)]
    done = 0
    for count in calls:
        part = slice(done, done + count)
        position.add(rows[part], losses[part], metrics[part])
        done += count
    assert [position.loss, position.metric] == expected
    assert (position.step, position.steps, position.rows) == (50, 50, 50 * 32)


def test_next_epoch_begins_its_sums_anew_and_goes_on_counting_steps() -> None:
    position = Position(step=7, steps=7, rows=200, loss=3.0, metric=2.0, seconds=1.5)
    position.next_epoch()
    assert position == Position(step=7, epoch=1, seconds=1.5)
