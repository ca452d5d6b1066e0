"""A network is what its specification describes, and it is known where the seconds went."""

import threading
from types import ModuleType

import numpy as np
import pytest

from dl.specs import NetworkSpec
from dl.specs.layers import LAYERS, Dense, Flatten


def test_every_layer_but_the_last_computes_in_the_mixed_precision(keras: ModuleType) -> None:
    from dl.training.build import build_model
    from dl.training.step import layers_of

    layers = [layer() for name, layer in LAYERS.items() if name not in ("Flatten", "GlobalAveragePooling2D", "Dense")]
    spec = NetworkSpec(layers=(*layers, Flatten(), Dense(), Dense(units=10, activation="softmax")))
    model = build_model(spec, (28, 28, 1), "mixed_float16")
    assert [layer.compute_dtype for layer in layers_of(model)] == ["float16"] * (len(layers) + 2) + ["float32"]
    assert {str(weight.dtype) for weight in model.trainable_weights} == {"float32"}
    assert model(np.zeros((2, 28, 28, 1), np.uint8), training=True).dtype == "float32"


def test_seconds_are_added_up_by_part_also_when_it_fails(keras: ModuleType) -> None:
    from dl.training.build import Parts

    parts = Parts()
    for _ in range(2):
        with parts.timed("steps"):
            threading.Event().wait(0.02)
    with pytest.raises(ValueError, match="full"), parts.timed("writing"):
        threading.Event().wait(0.02)
        raise ValueError("full")
    assert parts.keys() == {"steps", "writing"}
    assert parts["steps"] >= 0.04 and 0.02 <= parts["writing"] < parts["steps"]
