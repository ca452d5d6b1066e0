"""The layer catalogue against Keras: the same shapes, the same counts, and a refusal wherever Keras refuses."""

from itertools import product
from types import ModuleType

import numpy as np
import pytest

from dl.datasets.catalogue import BUILTINS, Builtin
from dl.specs import NetworkSpec
from dl.specs.layers import (
    LAYERS,
    Activation_,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling2D,
    Layer,
    LayerMisfit,
    LayerNormalization,
    MaxPooling2D,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    Rescaling,
    Shape,
)
from dl.specs.presets import PRESETS, preset
from dl.specs.summary import summarize

PICTURE_SETS = [known for known in BUILTINS.values() if known.picture]

FLAT: list[Shape] = [(1,), (64,), (784,)]
PICTURES: list[Shape] = [(8, 8, 1), (28, 28, 1), (32, 32, 3), (7, 5, 6)]
SETTINGS: list[tuple[Layer, list[Shape]]] = [
    *((Rescaling(**settings), FLAT + PICTURES) for settings in ({}, {"scale": 2.0, "offset": -1.0})),
    *((RandomTranslation(**settings), PICTURES) for settings in ({}, {"height_factor": 0.0, "width_factor": 1.0})),
    *((RandomRotation(**settings), PICTURES) for settings in ({}, {"factor": 1.0})),
    *((RandomFlip(mode=mode), PICTURES) for mode in ("horizontal", "vertical", "horizontal_and_vertical")),
    (Flatten(), FLAT + PICTURES),
    *((Dense(**settings), FLAT + PICTURES) for settings in ({}, {"units": 1}, {"units": 7, "activation": "softmax"})),
    *((Conv2D(**settings), PICTURES) for settings in ({}, {"filters": 5, "kernel_size": 1, "activation": "gelu"})),
    (Conv2D(kernel_size=4, strides=3), PICTURES),
    (Dense(kernel_l1=0.1), FLAT),
    (Conv2D(kernel_l2=0.1), PICTURES),
    (Conv2D(kernel_size=5, strides=2, padding="valid"), PICTURES),
    (Conv2D(kernel_size=64, padding="same"), [(8, 8, 1)]),
    *((pooling(), PICTURES) for pooling in (MaxPooling2D, AveragePooling2D)),
    *((pooling(pool_size=3, padding="same"), PICTURES) for pooling in (MaxPooling2D, AveragePooling2D)),
    *((pooling(pool_size=5), PICTURES) for pooling in (MaxPooling2D, AveragePooling2D)),
    (GlobalAveragePooling2D(), PICTURES),
    *((Activation_(activation=name), FLAT + PICTURES) for name in ("linear", "leaky_relu", "softplus")),
    *((BatchNormalization(**settings), FLAT + PICTURES) for settings in ({}, {"momentum": 0.0})),
    (LayerNormalization(), FLAT + PICTURES),
    *((Dropout(rate=rate), FLAT + PICTURES) for rate in (0.0, 0.5)),
    (GaussianNoise(stddev=1.0), FLAT + PICTURES),
]
CASES = [
    pytest.param(layer, shape, id=f"{layer.type}-{n}-{'x'.join(map(str, shape))}")
    for n, (layer, shapes) in enumerate(SETTINGS)
    for shape in shapes
]
MISFITS = [
    *((layer(), (64,)) for layer in (Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D)),
    *((layer(), (64,)) for layer in (RandomTranslation, RandomRotation, RandomFlip)),
    (Conv2D(kernel_size=9, padding="valid"), (8, 8, 1)),
    (Conv2D(kernel_size=6, padding="valid"), (7, 5, 6)),
    (MaxPooling2D(pool_size=9), (8, 8, 1)),
    (AveragePooling2D(pool_size=6), (7, 5, 6)),
]


def in_keras(keras: ModuleType, *layers: Layer, shape: Shape):
    built = [getattr(keras.layers, layer.type)(**layer.arguments()) for layer in layers]
    return keras.Sequential([keras.Input(shape), *built])


def test_settings_cover_every_layer_and_every_layer_has_a_class_in_keras(keras: ModuleType) -> None:
    assert {layer.type for layer, _ in SETTINGS} == set(LAYERS)
    assert all(issubclass(getattr(keras.layers, name), keras.layers.Layer) for name in LAYERS)


@pytest.mark.parametrize(("layer", "shape"), CASES)
def test_shape_and_counts_equal_those_of_keras(keras: ModuleType, layer: Layer, shape: Shape) -> None:
    model = in_keras(keras, layer, shape=shape)
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert layer.output_shape(shape) == model.output_shape[1:]
    assert layer.parameters(shape) == (trainable, model.count_params() - trainable)


@pytest.mark.parametrize(("layer", "shape"), MISFITS, ids=lambda value: getattr(value, "type", value))
def test_layer_refuses_a_shape_that_keras_refuses(keras: ModuleType, layer: Layer, shape: Shape) -> None:
    with pytest.raises((ValueError, IndexError)):
        in_keras(keras, layer, shape=shape)(np.zeros((2, *shape), np.float32), training=True)
    with pytest.raises(LayerMisfit):
        layer.output_shape(shape)


def test_misfit_says_why_in_facts() -> None:
    with pytest.raises(LayerMisfit) as misfit:
        Conv2D(kernel_size=9, padding="valid").output_shape((28, 8, 1))
    assert (misfit.value.code, misfit.value.facts) == ("window_too_large", {"window": 9, "size": 8})
    with pytest.raises(LayerMisfit) as misfit:
        MaxPooling2D().output_shape((64,))
    assert (misfit.value.code, misfit.value.facts) == ("needs_picture", {"shape": (64,)})


@pytest.mark.parametrize("layer", ["Conv2D", "MaxPooling2D"])
def test_sliding_windows_agree_with_keras_for_every_combination(keras: ModuleType, layer: str) -> None:
    window = "kernel_size" if layer == "Conv2D" else "pool_size"
    for size, stride, padding, shape in product((1, 2, 3, 6), (1, 2, 5), ("valid", "same"), ((5, 7, 2), (1, 1, 3))):
        settings = {window: size, "padding": padding} | ({"strides": stride} if layer == "Conv2D" else {})
        ours = LAYERS[layer].model_validate(settings)
        try:
            expected = in_keras(keras, ours, shape=shape).output_shape[1:]
        except ValueError:
            expected = None
        try:
            assert ours.output_shape(shape) == expected, settings
        except LayerMisfit:
            assert expected is None, settings


@pytest.mark.parametrize(("layer", "shape"), [(Dense, (64,)), (Conv2D, (8, 8, 1))])
def test_penalty_is_added_to_the_loss_as_keras_computes_it(keras: ModuleType, layer: type[Layer], shape: Shape) -> None:
    model = in_keras(keras, layer.model_validate({"kernel_l1": 0.01, "kernel_l2": 0.25}), shape=shape)
    kernel = model.get_weights()[0]
    (penalty,) = model.losses
    assert float(penalty) == pytest.approx(0.01 * np.abs(kernel).sum() + 0.25 * (kernel**2).sum(), rel=1e-5)


def test_layer_without_a_penalty_names_none() -> None:
    assert Dense().arguments() == {"units": 128, "activation": "relu"}
    assert "kernel_regularizer" not in Conv2D().arguments()


@pytest.mark.parametrize("dataset", PICTURE_SETS, ids=lambda dataset: dataset.id)
@pytest.mark.parametrize("name", PRESETS)
def test_preset_has_the_shapes_and_counts_of_keras(keras: ModuleType, name: str, dataset: Builtin) -> None:
    spec = preset(name, dataset)
    summary, model = summarize(spec, dataset.shape), in_keras(keras, *spec.layers, shape=dataset.shape)
    assert summary.misfit is None
    assert summary.parameters == model.count_params()
    assert summary.trainable_parameters == sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert [row.output_shape for row in summary.rows] == [layer.output.shape[1:] for layer in model.layers]
    assert [row.parameters for row in summary.rows] == [layer.count_params() for layer in model.layers]


def test_textbook_network_on_mnist_has_its_well_known_size() -> None:
    mnist = next(dataset for dataset in BUILTINS.values() if dataset.id == "mnist")
    assert summarize(preset("textbook", mnist), mnist.shape).parameters == 101_770


def test_summary_stops_at_the_layer_that_does_not_fit() -> None:
    summary = summarize(NetworkSpec(layers=(Flatten(), Dense(), Conv2D(), Dense())), (8, 8, 1))
    assert [row.type for row in summary.rows] == ["Flatten", "Dense"]
    assert summary.misfit is not None and summary.misfit.code == "needs_picture"
