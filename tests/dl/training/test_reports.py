"""How far a training is, as checkpoints keep it."""

from dataclasses import asdict
from types import ModuleType

import numpy as np
import pytest


def test_sums_do_not_depend_on_how_the_steps_were_divided(keras: ModuleType) -> None:
    from dl.training.reports import Position

    rows, scores = np.full(10, 32), np.random.default_rng(0).random((3, 10)).astype("f4")
    once, twice = Position(), Position()
    once.add(rows, scores)
    twice.add(rows[:3], scores[:, :3])
    twice = Position.saved(asdict(twice))
    twice.add(rows[3:], scores[:, 3:])
    assert once == twice and (once.step, once.rows) == (10, 320)
    assert once.sums == pytest.approx((32 * scores).sum(axis=1), rel=1e-6)


@pytest.mark.parametrize(("steps", "sums"), [(4, [2.5, 1.5]), (0, [])])
def test_position_of_before_there_were_more_metrics_is_read(keras: ModuleType, steps: int, sums: list[float]) -> None:
    from dl.training.reports import Position

    before = {"step": 24, "epoch": 2, "steps": steps, "rows": 128, "loss": 2.5, "metric": 1.5, "seconds": 3.0}
    assert Position.saved(before) == Position(24, 2, steps, 128, sums, 3.0)
