"""What Keras's layers use in place of TensorFlow's own operations while a program of XLA is traced."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import tensorflow as tf
from keras.src.backend.tensorflow import image as keras_image

from dl.training.affine import instead_of

RANDOM = ("stateless_uniform", "stateless_normal", "stateless_truncated_normal")


@contextmanager
def for_xla() -> Iterator[None]:
    """Random numbers from Threefry, and shifted and turned pictures from what XLA can compile.

    Left to choose, TensorFlow takes another generator under XLA, which on a processor is ten times as slow as the
    rest of a small network.
    """
    random = {name: getattr(tf.random, name) for name in RANDOM}
    dropout, transform = tf.nn.experimental.stateless_dropout, keras_image.affine_transform
    try:
        for name, function in random.items():
            setattr(tf.random, name, partial(function, alg="threefry"))
        tf.nn.experimental.stateless_dropout = partial(dropout, rng_alg="threefry")
        keras_image.affine_transform = instead_of(transform)
        yield
    finally:
        keras_image.affine_transform = transform
        tf.nn.experimental.stateless_dropout = dropout
        for name, function in random.items():
            setattr(tf.random, name, function)
