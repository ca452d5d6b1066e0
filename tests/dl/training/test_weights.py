"""What of the weights is shown: the filters and units themselves, and of much only a part."""

import base64
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from dl.runs import Run, Status
from dl.runs.weights import read_weights
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import Conv2D, Dense, Flatten, Layer, Rescaling


def pictures(*layers: Layer, shape: tuple[int, ...] = (8, 8, 1)) -> tuple[list[Any], list[Any]]:
    """The layers of Keras, and what is drawn of them."""
    from dl.training.build import build_model
    from dl.training.step import layers_of
    from dl.training.weights import weight_pictures

    model = build_model(NetworkSpec(layers=layers), shape)
    return layers_of(model), weight_pictures(layers_of(model))


def values(picture: Any) -> np.ndarray:
    shape = picture.tiles, picture.height, picture.width
    return np.frombuffer(base64.b64decode(picture.values), np.int8).reshape(shape) * picture.greatest / 127


def test_unit_behind_a_picture_is_the_picture_that_it_looks_for(keras: ModuleType) -> None:
    layers, (first, second) = pictures(Rescaling(), Flatten(), Dense(units=3), Dense(units=10, activation="softmax"))
    kernel = layers[2].kernel.numpy()
    assert (first.layer, first.tiles, first.height, first.width) == (2, 3, 8, 8)
    np.testing.assert_allclose(values(first)[1], kernel[:, 1].reshape(8, 8), atol=0.01)
    assert (second.layer, second.tiles, second.height, second.width) == (3, 1, 10, 3)
    np.testing.assert_allclose(values(second)[0], layers[3].kernel.numpy().T, atol=0.02)


def test_filters_of_a_convolution_are_seen_and_its_end_is_a_matrix(keras: ModuleType) -> None:
    layers, (first, last) = pictures(Conv2D(filters=4), Flatten(), Dense(units=10, activation="softmax"))
    assert (first.tiles, first.height, first.width) == (4, 3, 3)
    np.testing.assert_allclose(values(first)[2], layers[0].kernel.numpy()[:, :, 0, 2], atol=0.01)
    assert last.tiles == 1 and last.height == 10 and last.width <= 64


def test_large_layers_are_as_small_to_send_as_others(keras: ModuleType) -> None:
    dense = Flatten(), Dense(units=500), Dense(units=300), Dense(units=10, activation="softmax")
    _, found = pictures(*dense, shape=(96, 96, 3))
    assert (found[0].tiles, found[0].height, found[0].width) == (8, 24, 24)
    assert all(picture.height <= 16 and picture.width <= 64 for picture in found[1:])
    assert sum(len(picture.values) for picture in found) < 10_000


def test_run_leaves_what_its_network_holds_in_the_end(
    execute: Callable[..., tuple[Run, Status]], digits_spec: Callable[..., RunSpec]
) -> None:
    import keras

    run, status = execute(digits_spec(epochs=1))
    told = read_weights(run.folder)
    assert told and told["step"] == status.step
    model = keras.models.load_model(run.model_file)
    last = told["layers"][-1]
    kernel = model.layers[-1].kernel.numpy()
    assert last["greatest"] <= float(np.abs(kernel).max()) * 1.001 and last["height"] == kernel.shape[1]
