"""From a specification to Keras objects."""

import keras

from dl.layers import Shape
from dl.optimizers import Optimizer
from dl.specs import ModelSpec


def build_model(model: ModelSpec, input_shape: Shape) -> keras.Sequential:
    """A built, uncompiled model; its first weights follow from the global random seed."""
    layers = [getattr(keras.layers, layer.type)(**layer.arguments()) for layer in model.layers]
    return keras.Sequential([keras.Input(input_shape), *layers])


def build_optimizer(optimizer: Optimizer) -> keras.optimizers.Optimizer:
    return getattr(keras.optimizers, optimizer.keras_class)(**optimizer.arguments())
