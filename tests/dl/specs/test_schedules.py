"""The learning rate of every step, against the classes of Keras."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.specs.schedules import SCHEDULES, CosineDecay, ExponentialDecay, Schedule

STEPS_PER_EPOCH, STEPS = 7, 35
STEP = np.arange(STEPS + 10)


def rates(schedule: Schedule, initial: float = 0.01) -> np.ndarray:
    return schedule.rate(initial, STEP, STEPS_PER_EPOCH, STEPS)


@pytest.mark.parametrize(
    ("schedule", "arguments"),
    [
        (CosineDecay(), {"initial_learning_rate": 0.01, "decay_steps": STEPS}),
        (CosineDecay(alpha=0.2), {"initial_learning_rate": 0.01, "decay_steps": STEPS, "alpha": 0.2}),
        (
            CosineDecay(alpha=0.1, warmup_epochs=2),
            {
                "initial_learning_rate": 0.0,
                "decay_steps": STEPS - 2 * STEPS_PER_EPOCH,
                "alpha": 0.1,
                "warmup_target": 0.01,
                "warmup_steps": 2 * STEPS_PER_EPOCH,
            },
        ),
        (
            ExponentialDecay(decay_rate=0.5),
            {"initial_learning_rate": 0.01, "decay_steps": STEPS_PER_EPOCH, "decay_rate": 0.5},
        ),
    ],
    ids=["cosine", "cosine to a share", "cosine after warm-up", "exponential"],
)
def test_rate_of_every_step_is_that_of_keras(keras: ModuleType, schedule: Schedule, arguments: dict[str, Any]) -> None:
    theirs = getattr(keras.optimizers.schedules, schedule.type)(**arguments)
    expected = [float(theirs(step)) for step in STEP]
    np.testing.assert_allclose(rates(schedule), expected, rtol=1e-5, atol=1e-8)


def test_settings_above_cover_every_schedule() -> None:
    assert set(SCHEDULES) == {"CosineDecay", "ExponentialDecay"}


def test_cosine_falls_from_the_whole_rate_to_nothing_and_stays_there() -> None:
    found = rates(CosineDecay())
    assert found[0] == 0.01 and (np.diff(found[: STEPS + 1]) < 0).all()
    np.testing.assert_allclose(found[STEPS:], 0, atol=1e-12)


def test_warm_up_rises_from_nothing_to_the_whole_rate() -> None:
    found = rates(CosineDecay(warmup_epochs=1))
    assert found[0] == 0 and found[STEPS_PER_EPOCH] == 0.01 == found.max()


def test_exponential_decay_multiplies_once_an_epoch() -> None:
    found = rates(ExponentialDecay(decay_rate=0.5))
    np.testing.assert_allclose(found[::STEPS_PER_EPOCH][:4], [0.01, 0.005, 0.0025, 0.00125])


def test_rates_keep_the_precision_of_float64() -> None:
    assert rates(CosineDecay()).dtype == rates(ExponentialDecay()).dtype == np.float64
