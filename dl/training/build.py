"""From a specification to Keras objects."""

from functools import reduce

import keras

from dl.specs import GradientClipping, NetworkSpec
from dl.specs.layers import Shape
from dl.specs.optimizers import Optimizer


def build_model(network: NetworkSpec, input_shape: Shape, precision: str = "float32") -> keras.Model:
    """A built, uncompiled model; its first weights follow from the global random seed.

    Of a mixed precision the last layer is spared, for its probabilities and the loss need all digits.
    """
    policies = [precision] * (len(network.layers) - 1) + ["float32"]
    layers = [
        getattr(keras.layers, layer.type)(**layer.arguments(), dtype=policy)
        for layer, policy in zip(network.layers, policies, strict=True)
    ]
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, reduce(lambda outputs, layer: layer(outputs), layers, inputs))


def layers_of(model: keras.Model) -> list[keras.layers.Layer]:
    """Those of the specification, in their order."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def build_optimizer(optimizer: Optimizer, clipping: GradientClipping | None = None) -> keras.optimizers.Optimizer:
    limit = {clipping.by: clipping.value} if clipping else {}
    return getattr(keras.optimizers, optimizer.keras_class)(**optimizer.arguments(), **limit)
