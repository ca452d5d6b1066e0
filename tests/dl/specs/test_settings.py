"""Specifications side by side."""

from collections.abc import Callable
from typing import Any

from dl.specs import RunSpec
from dl.specs.settings import differing, family, settings

BuildSpec = Callable[..., RunSpec]


def test_only_what_differs_is_told(digits_spec: BuildSpec) -> None:
    slow, wide = digits_spec(), digits_spec(epochs=9).model_dump()
    wide["model"]["layers"][2]["units"] = 32
    assert differing([slow, RunSpec.model_validate(wide)]) == [
        {"model.layers.2.units": 128, "training.epochs": 5},
        {"model.layers.2.units": 32, "training.epochs": 9},
    ]
    assert differing([slow, slow]) == [{}, {}]


def test_what_one_lacks_is_no_difference_in_itself(digits_spec: BuildSpec) -> None:
    stopping: dict[str, Any] = {"early_stopping": {"patience": 4}}
    plain, patient = digits_spec(), digits_spec(**stopping)
    assert differing([plain, patient]) == [{"training.early_stopping": None}, {"training.early_stopping": True}]
    momentum = digits_spec(optimizer={"type": "Momentum", "momentum": 0.8, "learning_rate": 0.001})
    assert differing([plain, momentum]) == [{"training.optimizer": "Adam"}, {"training.optimizer": "Momentum"}]


def test_networks_of_other_kinds_differ_as_a_whole(digits_spec: BuildSpec) -> None:
    first, second = differing([digits_spec(), digits_spec("convolutional")])
    assert first == {"model.layers": "Dense 128 → 10"}
    assert set(second) == {"model.layers"} and second["model.layers"].startswith("Conv2D")


def test_settings_are_flat_and_without_what_nobody_asked_for(digits_spec: BuildSpec) -> None:
    found = settings(digits_spec())
    assert found["training.optimizer.learning_rate"] == 0.001 and found["training.metrics"] == ("accuracy",)
    assert "version" not in found and "data.fingerprint" not in found
    assert not any(isinstance(value, dict | list) for value in found.values())


def test_seed_alone_makes_no_other_family(digits_spec: BuildSpec) -> None:
    assert family(digits_spec()) == family(digits_spec(seed=7)) != family(digits_spec(epochs=6))
