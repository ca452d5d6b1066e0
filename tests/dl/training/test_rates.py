"""The learning rate of a step: planned, changed on the way, and the same however the steps are asked for."""

import numpy as np
import pytest

from dl.specs import TrainSpec
from dl.training.rates import LearningRates


@pytest.mark.parametrize("schedule", [None, {"type": "ExponentialDecay", "decay_rate": 0.5}])
def test_changed_rate_holds_from_its_step_on_and_keeps_the_plan_s_proportions(
    schedule: dict[str, object] | None,
) -> None:
    training = TrainSpec.model_validate({"epochs": 8, "learning_rate_schedule": schedule})
    planned, rates = LearningRates(training, 7, {}).of(0, 30), LearningRates(training, 7, {10: 0.5, 20: 0.01})
    rates.reductions = {20: 7.0}
    found = rates.of(0, 30)
    np.testing.assert_array_equal(found[:10], planned[:10])
    np.testing.assert_allclose(found[10:20], 0.5 * planned[10:20] / planned[10], rtol=1e-6)
    np.testing.assert_allclose(found[20:], 0.01 * planned[20:] / planned[20], rtol=1e-6)
    pieces = np.concatenate([rates.of(0, 13), rates.of(13, 17)])
    np.testing.assert_array_equal(pieces, found)
