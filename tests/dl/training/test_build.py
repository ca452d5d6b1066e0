"""Every optimiser becomes the Keras object that its specification describes."""

from types import ModuleType

import pytest

from dl.optimizers import OPTIMIZERS


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_has_the_settings_of_its_specification(keras: ModuleType, name: str) -> None:
    from dl.training.build import build_optimizer

    spec = OPTIMIZERS[name]()
    built = build_optimizer(spec)
    assert type(built) is getattr(keras.optimizers, spec.keras_class)
    config = built.get_config()
    assert {field: config[field] for field in spec.arguments()} == pytest.approx(spec.arguments())


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "AdamW"])
def test_defaults_are_those_of_keras(keras: ModuleType, name: str) -> None:
    defaults = getattr(keras.optimizers, name)().get_config()
    assert {field: defaults[field] for field in OPTIMIZERS[name]().arguments()} == pytest.approx(
        OPTIMIZERS[name]().arguments()
    )
