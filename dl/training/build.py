"""From a specification to Keras objects."""

import keras

from dl.specs import GradientClipping, ModelSpec
from dl.specs.layers import Shape
from dl.specs.optimizers import Optimizer


def build_model(model: ModelSpec, input_shape: Shape, precision: str = "float32") -> keras.Sequential:
    """A built, uncompiled model; its first weights follow from the global random seed.

    Of a mixed precision the last layer is spared, for its probabilities and the loss need all digits.
    """
    policies = [precision] * (len(model.layers) - 1) + ["float32"]
    layers = [
        getattr(keras.layers, layer.type)(**layer.arguments(), dtype=policy)
        for layer, policy in zip(model.layers, policies, strict=True)
    ]
    return keras.Sequential([keras.Input(input_shape), *layers])


def build_optimizer(optimizer: Optimizer, clipping: GradientClipping | None = None) -> keras.optimizers.Optimizer:
    limit = {clipping.by: clipping.value} if clipping else {}
    return getattr(keras.optimizers, optimizer.keras_class)(**optimizer.arguments(), **limit)
