"""What Keras's layers and TensorFlow use in place of their own while a program of XLA is traced."""

import hashlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import tensorflow as tf
from keras.src.backend.tensorflow import image as keras_image
from tensorflow.python.framework import ops

from dl.training.affine import instead_of

RANDOM = ("stateless_uniform", "stateless_normal", "stateless_truncated_normal")
NAMES_PER_TRACE = 2**16
_one_at_a_time = threading.Lock()  # what is replaced is replaced for all threads
_traced: Counter[str] = Counter()


@contextmanager
def for_graph() -> Iterator[None]:
    with _one_at_a_time:
        yield


@contextmanager
def for_xla(name: str) -> Iterator[None]:
    """Random numbers from Threefry, shifted and turned pictures from what XLA can compile, and names that last.

    Left to choose, TensorFlow takes another generator under XLA, which on a processor is ten times as slow as the
    rest of a small network. And it numbers functions as they come, while what was compiled is found on disk by these
    numbers too: counted from `name`, they are the same in every process, whatever it traced before.
    """
    with _one_at_a_time:
        random = {function_name: getattr(tf.random, function_name) for function_name in RANDOM}
        dropout, transform, numbers = tf.nn.experimental.stateless_dropout, keras_image.affine_transform, ops.uid
        try:
            for function_name, function in random.items():
                setattr(tf.random, function_name, partial(function, alg="threefry"))
            tf.nn.experimental.stateless_dropout = partial(dropout, rng_alg="threefry")
            keras_image.affine_transform = instead_of(transform)
            ops.uid = _numbers(name)
            yield
        finally:
            ops.uid = numbers
            keras_image.affine_transform = transform
            tf.nn.experimental.stateless_dropout = dropout
            for function_name, function in random.items():
                setattr(tf.random, function_name, function)


def _numbers(name: str) -> Callable[[], int]:
    """Others each time that a process traces the same, for a function's name may not be given twice."""
    _traced[name] += 1
    digest = hashlib.sha256(f"{name} {_traced[name]}".encode()).digest()
    return partial(next, itertools.count(int.from_bytes(digest[:5]) * NAMES_PER_TRACE))
