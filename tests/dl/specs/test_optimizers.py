"""Optimisers go through JSON as their own classes, and are those of Keras by name and by default."""

from types import ModuleType

import pytest

from dl.datasets.catalogue import BUILTINS
from dl.specs import EarlyStopping, TrainSpec, parse_spec
from dl.specs.optimizers import OPTIMIZERS, SGD, Adam, Momentum
from dl.specs.presets import default_spec

CHANGED = {"learning_rate": 1e-5, "momentum": 0.1, "weight_decay": 0.5}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_comes_back_equal_from_json(name: str) -> None:
    optimizer = OPTIMIZERS[name].model_validate(
        OPTIMIZERS[name]().arguments() | CHANGED.get(name, {}) | {"learning_rate": 1e-5}
    )
    training = TrainSpec.model_validate(
        {"optimizer": optimizer, "early_stopping": EarlyStopping(patience=7), "seed": 2**31 - 1}
    )
    spec = default_spec(BUILTINS["digits"]).model_copy(update={"training": training})
    again = parse_spec(spec.model_dump_json())
    assert again == spec
    assert type(again.training.optimizer) is OPTIMIZERS[name]


def test_largest_usual_rate_follows_from_how_long_the_steps_are() -> None:
    rates = [optimizer.largest_usual_rate for optimizer in (SGD(), Adam(), Momentum(), Momentum(momentum=0.5))]
    assert rates == [1.0, 0.1, 0.1, 0.5]


def test_only_the_textbook_s_descent_sees_all_rows_at_each_step() -> None:
    assert [name for name, optimizer in OPTIMIZERS.items() if optimizer.full_batch] == ["GradientDescent"]


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "AdamW"])
def test_defaults_are_those_of_keras(keras: ModuleType, name: str) -> None:
    defaults = getattr(keras.optimizers, name)().get_config()
    assert {field: defaults[field] for field in OPTIMIZERS[name]().arguments()} == pytest.approx(
        OPTIMIZERS[name]().arguments()
    )
