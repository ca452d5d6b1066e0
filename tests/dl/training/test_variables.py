"""All that a model and its optimiser hold is copied and put back, or only what is the model's."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dl.specs.layers import BatchNormalization, Dense, Dropout, Flatten, Rescaling

LAYERS = (Rescaling(scale=1 / 16), Flatten(), Dense(units=4), BatchNormalization(), Dropout(rate=0.3))
Make = Callable[..., Any]


def values(variables: Any) -> list[bytes]:
    return [variable.value.numpy().tobytes() for variable in variables]


def test_everything_is_put_back_and_was_copied(bench: Make) -> None:
    from dl.training.variables import captured, restore

    ours = bench(*LAYERS, epochs=1)
    training = ours.training()
    before = captured(ours.model)
    first = values((*ours.model.variables, *ours.model.optimizer.variables))
    assert len(before) == len(first) > len(ours.model.weights), "moments, counts and random states too"
    training.run()
    assert values((*ours.model.variables, *ours.model.optimizer.variables)) != first
    restore(ours.model, before)
    assert values((*ours.model.variables, *ours.model.optimizer.variables)) == first


def test_optimizer_starts_anew_when_it_is_left_out(bench: Make) -> None:
    from dl.training.variables import captured, restore

    trained, fresh = bench(*LAYERS, epochs=1), bench(*LAYERS, epochs=1)
    trained.train()
    fresh.training()
    untouched = values(fresh.model.optimizer.variables)
    restore(fresh.model, captured(trained.model), with_optimizer=False)
    assert values(fresh.model.variables) == values(trained.model.variables)
    assert values(fresh.model.optimizer.variables) == untouched != values(trained.model.optimizer.variables)
    assert np.any(fresh.model.get_weights()[0])
