"""All that a model and its optimiser hold: weights, moving averages, random states, moments and counts."""

import keras
import numpy as np


def _variables(model: keras.Model) -> dict[str, keras.Variable]:
    """By place, since Keras's names differ between two builds of the same network."""
    return {f"model/{i}": variable for i, variable in enumerate(model.variables)} | {
        f"optimizer/{i}": variable for i, variable in enumerate(model.optimizer.variables)
    }


def captured(model: keras.Model) -> dict[str, np.ndarray]:
    """A copy of every value."""
    return {name: np.copy(variable.value.numpy()) for name, variable in _variables(model).items()}


def restore(model: keras.Model, arrays: dict[str, np.ndarray], with_optimizer: bool = True) -> None:
    """Put the values back; without the optimiser's, it starts anew."""
    for name, variable in _variables(model).items():
        if with_optimizer or name.startswith("model/"):
            variable.assign(arrays[name])
