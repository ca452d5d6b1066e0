"""The forward pass of training, with max pooling moved in front of the bias and activation that it follows.

Pooling takes the largest of some values. Adding one number to them, or an activation that never falls, keeps their
order, so the largest before is the largest after, bit for bit; but bias and activation, and their gradients, then work
on the few values that are left: a quarter of them after a 2x2 window. The model itself stays as it is. Activations
whose last bit depends on a value's place in memory, such as tanh, are left where they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from dl.training.build import layers_of
from dl.training.fast import PATCHES

RISING = {"linear", "relu", "leaky_relu"}


def forward(model: keras.Model, x: tf.Tensor) -> tf.Tensor:
    """The outputs of the model in training mode."""
    layers, x = layers_of(model), tf.cast(x, model.inputs[0].dtype)
    while layers:
        layer = layers.pop(0)
        if layers and _can_wait(layer) and isinstance(layers[0], keras.layers.MaxPooling2D):
            x = _pooled_first(layer, layers.pop(0), x)
        else:
            x = layer(x, training=True)
    return x


def _can_wait(layer: keras.layers.Layer) -> bool:
    return PATCHES and isinstance(layer, keras.layers.Conv2D) and layer.activation.__name__ in RISING


def _pooled_first(convolution: keras.layers.Conv2D, pooling: keras.layers.MaxPooling2D, x: tf.Tensor) -> tf.Tensor:
    activation = convolution.activation
    with _bare(convolution):
        pooled = pooling(convolution(x))
    bias = tf.cast(convolution.bias, pooled.dtype)
    return activation(tf.nn.bias_add(pooled, bias))


@contextmanager
def _bare(convolution: keras.layers.Conv2D) -> Iterator[None]:
    """Without its bias and activation, while it is traced."""
    activation, convolution.activation = convolution.activation, None
    convolution.use_bias = False
    try:
        yield
    finally:
        convolution.activation, convolution.use_bias = activation, True
