"""A new layer comes where it fits, and what the network ends with is told from what it merely stops at."""

import pytest

from dl.datasets.catalogue import BUILTINS
from dl.specs import Loss, NetworkSpec, RunSpec
from dl.specs.checks import check
from dl.specs.layers import LAYERS, Activation_, Dense, Dropout, Flatten, Layer
from dl.specs.placing import fitting_place, output_layer, output_place
from dl.specs.presets import PRESETS, default_spec

MNIST = BUILTINS["mnist"]
OUTPUT = Dense(units=10, activation="softmax")


def spec_of(*layers: Layer, loss: Loss = "sparse_categorical_crossentropy") -> RunSpec:
    spec = default_spec(MNIST)
    training = spec.training.model_copy(update={"loss": loss})
    return spec.model_copy(update={"model": NetworkSpec(layers=layers), "training": training})


@pytest.mark.parametrize(
    ("name", "preset", "place"),
    [
        ("Conv2D", "textbook", 1),  # before Flatten
        ("MaxPooling2D", "textbook", 1),
        ("Dense", "textbook", 3),  # before the output
        ("Dropout", "textbook", 3),
        ("RandomRotation", "textbook", 1),  # behind the scaling
        ("RandomRotation", "convolutional", 1),
        ("Conv2D", "convolutional", 5),
        ("Dense", "convolutional", 6),
    ],
)
def test_layer_comes_to_the_nearest_place_where_it_fits(name: str, preset: str, place: int) -> None:
    assert fitting_place(LAYERS[name].model_validate({}), default_spec(MNIST, preset), MNIST) == place


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_can_be_added_to_every_preset_and_trained(name: str, preset: str) -> None:
    spec, layer = default_spec(MNIST, preset), LAYERS[name].model_validate({})
    layers, place = spec.model.layers, fitting_place(layer, spec, MNIST)
    longer = spec.model_copy(update={"model": NetworkSpec(layers=(*layers[:place], layer, *layers[place:]))})
    assert check(longer, MNIST) == ()


def test_layer_that_fits_nowhere_comes_before_the_output() -> None:
    wide = LAYERS["Conv2D"].model_validate({"kernel_size": 29, "padding": "valid"})
    assert fitting_place(wide, spec_of(Flatten(), OUTPUT), MNIST) == 1


def test_layer_comes_last_when_the_output_is_still_missing() -> None:
    assert fitting_place(Dense(), spec_of(Flatten(), Dense()), MNIST) == 2


@pytest.mark.parametrize(
    ("layers", "place"),
    [
        ((Flatten(), OUTPUT), 1),
        ((Flatten(), Dense(units=10)), 1),
        ((Flatten(), Dense(units=7, activation="softmax")), 1),
        ((Flatten(), Dense(units=10, activation="linear"), Activation_(activation="softmax")), 1),
        ((Flatten(), Dense(units=7, activation="linear"), Activation_(activation="softmax")), 1),
        ((Flatten(), Dense(units=128), Dropout()), None),
        ((Flatten(), Dense(units=30, activation="sigmoid")), None),
        ((Flatten(),), None),
        ((Dropout(),), None),
    ],
)
def test_output_is_known_by_its_units_or_its_activation(layers: tuple[Layer, ...], place: int | None) -> None:
    assert output_place(spec_of(*layers), MNIST) == place


@pytest.mark.parametrize(
    ("loss", "activation"), [("binary_crossentropy", "sigmoid"), ("mean_squared_error", "softmax")]
)
def test_output_has_the_activation_that_its_loss_needs(loss: Loss, activation: str) -> None:
    assert output_layer(spec_of(Flatten(), loss=loss), MNIST) == Dense(units=10, activation=activation)
