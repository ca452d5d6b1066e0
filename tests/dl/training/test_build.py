"""Every optimiser becomes the Keras object that its specification describes."""

from types import ModuleType

import numpy as np
import pytest

from dl.specs import GradientClipping, NetworkSpec
from dl.specs.layers import LAYERS, Dense, Flatten
from dl.specs.optimizers import OPTIMIZERS, Adam


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_has_the_settings_of_its_specification(keras: ModuleType, name: str) -> None:
    from dl.training.build import build_optimizer

    spec = OPTIMIZERS[name]()
    built = build_optimizer(spec)
    assert type(built) is getattr(keras.optimizers, spec.keras_class)
    config = built.get_config()
    assert {field: config[field] for field in spec.arguments()} == pytest.approx(spec.arguments())


@pytest.mark.parametrize("by", ["global_clipnorm", "clipnorm", "clipvalue"])
def test_optimizer_clips_as_its_specification_says(keras: ModuleType, by: str) -> None:
    from dl.training.build import build_optimizer

    config = build_optimizer(Adam(), GradientClipping.model_validate({"by": by, "value": 0.25})).get_config()
    limits = {name: config[name] for name in ("global_clipnorm", "clipnorm", "clipvalue")}
    assert limits == {name: 0.25 if name == by else None for name in limits}


def test_every_layer_but_the_last_computes_in_the_mixed_precision(keras: ModuleType) -> None:
    from dl.training.build import build_model, layers_of

    layers = [layer() for name, layer in LAYERS.items() if name not in ("Flatten", "GlobalAveragePooling2D", "Dense")]
    spec = NetworkSpec(layers=(*layers, Flatten(), Dense(), Dense(units=10, activation="softmax")))
    model = build_model(spec, (28, 28, 1), "mixed_float16")
    assert [layer.compute_dtype for layer in layers_of(model)] == ["float16"] * (len(layers) + 2) + ["float32"]
    assert {str(weight.dtype) for weight in model.trainable_weights} == {"float32"}
    assert model(np.zeros((2, 28, 28, 1), np.uint8), training=True).dtype == "float32"
