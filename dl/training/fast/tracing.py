"""What Keras's layers and TensorFlow use in place of their own while a program of XLA is traced."""

import hashlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import tensorflow as tf
from keras.src.backend.tensorflow import image as keras_image
from tensorflow.python.framework import ops

from dl.training.fast.affine import instead_of

RANDOM = ("stateless_uniform", "stateless_normal", "stateless_truncated_normal")
NAMES_PER_TRACE = 2**16
_one_at_a_time = threading.Lock()
_traced: Counter[str] = Counter()


@contextmanager
def for_xla(name: str) -> Iterator[None]:
    """Random numbers from Threefry, shifted and turned pictures from what XLA can compile, and names that last.

    Left to choose, TensorFlow takes another generator under XLA, which on a processor is ten times as slow as the
    rest of a small network. And it numbers functions as they come, while what was compiled is found on disk by these
    numbers too: counted from `name`, they are the same in every process, whatever it traced before.
    """
    with _one_at_a_time, ExitStack() as stack:
        for function in RANDOM:
            threefry = partial(getattr(tf.random, function), alg="threefry")
            stack.enter_context(_instead(tf.random, function, threefry))
        dropout = partial(tf.nn.experimental.stateless_dropout, rng_alg="threefry")
        stack.enter_context(_instead(tf.nn.experimental, "stateless_dropout", dropout))
        stack.enter_context(_instead(keras_image, "affine_transform", instead_of(keras_image.affine_transform)))
        stack.enter_context(_instead(ops, "uid", _numbers(name)))
        yield


@contextmanager
def _instead(module: Any, name: str, replacement: Callable[..., Any]) -> Iterator[None]:
    """In this thread alone: another one may be building a network meanwhile."""
    original, tracing = getattr(module, name), threading.get_ident()

    def either(*arguments: Any, **options: Any) -> Any:
        function = replacement if threading.get_ident() == tracing else original
        return function(*arguments, **options)

    setattr(module, name, either)
    try:
        yield
    finally:
        setattr(module, name, original)


def _numbers(name: str) -> Callable[[], int]:
    """Others each time that a process traces the same, for a function's name may not be given twice."""
    _traced[name] += 1
    digest = hashlib.sha256(f"{name} {_traced[name]}".encode()).digest()
    return partial(next, itertools.count(int.from_bytes(digest[:5]) * NAMES_PER_TRACE))
