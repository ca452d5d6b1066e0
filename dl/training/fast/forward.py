"""The forward pass of training, with max pooling moved in front of the bias and activation that it follows.

Pooling takes the largest of some values. Adding one number to them, or an activation that never falls, keeps their
order, so the largest before is the largest after, bit for bit; but bias and activation, and their gradients, then work
on the few values that are left: a quarter of them after a 2x2 window. The model itself stays as it is. Activations
whose last bit depends on a value's place in memory, such as tanh, are left where they are.
"""

from collections.abc import Iterable

import keras
import tensorflow as tf

from dl.training.fast import PATCHES

RISING = {"linear", "relu", "leaky_relu"}


def forward(layers: Iterable[keras.layers.Layer], x: tf.Tensor) -> tf.Tensor:
    """What the last of the layers makes of x in training mode."""
    left = list(layers)
    while left:
        layer = left.pop(0)
        if left and _can_wait(layer) and isinstance(left[0], keras.layers.MaxPooling2D):
            x = _pooled_first(layer, left.pop(0), x)
        else:
            x = layer(x, training=True)
    return x


def _can_wait(layer: keras.layers.Layer) -> bool:
    return PATCHES and isinstance(layer, keras.layers.Conv2D) and layer.activation.__name__ in RISING


def _pooled_first(convolution: keras.layers.Conv2D, pooling: keras.layers.MaxPooling2D, x: tf.Tensor) -> tf.Tensor:
    x, kernel, bias = (tf.cast(part, convolution.compute_dtype) for part in (x, convolution.kernel, convolution.bias))
    pooled = pooling(convolution.convolution_op(x, kernel))
    return convolution.activation(tf.nn.bias_add(pooled, bias))
