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
        stack.enter_context(_instead(keras_image, "affine_transform", affine_instead_of(keras_image.affine_transform)))
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


def affine_instead_of(original: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
    """Keras's `affine_transform` with the mathematics below, where that is meant: XLA has no kernel for TensorFlow's.

    The same as `tf.raw_ops.ImageProjectiveTransformV3` with reflected edges and bilinear interpolation, of arithmetic
    and gathers.
    """

    def affine_transform(
        images: tf.Tensor,
        transform: tf.Tensor,
        interpolation: str = "bilinear",
        fill_mode: str = "constant",
        **more: Any,
    ) -> tf.Tensor:
        known = (interpolation, fill_mode, len(images.shape), more.get("data_format"))
        if known != ("bilinear", "reflect", 4, "channels_last"):
            return original(images, transform, interpolation, fill_mode, **more)
        return transformed(images, tf.cast(transform, tf.float32))

    return affine_transform


def transformed(images: tf.Tensor, transforms: tf.Tensor) -> tf.Tensor:
    """`images` (batch, height, width, channels), `transforms` (batch, 8) from places in the result to places in them.

    A row a0, a1, a2, b0, b1, b2, c0, c1 takes x, y to (a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k with
    k = c0 x + c1 y + 1.
    """
    _, height, width, _ = images.shape
    x, y = tf.meshgrid(tf.range(width, dtype=tf.float32), tf.range(height, dtype=tf.float32))
    a0, a1, a2, b0, b1, b2, c0, c1 = (part[:, :, tf.newaxis] for part in tf.split(transforms, 8, axis=1))
    k = c0 * x + c1 * y + 1
    return _bilinear(
        images, _reflected((a0 * x + a1 * y + a2) / k, width), _reflected((b0 * x + b1 * y + b2) / k, height)
    )


def _reflected(place: tf.Tensor, size: int) -> tf.Tensor:
    """Places beyond an edge, mirrored there: d c b a | a b c d | d c b a."""
    period = 2.0 * size
    below = place + period * tf.floor(-place / period)
    below = tf.where(below < -size, below + period, -below - 1)
    above = place - period * tf.floor(place / period)
    above = tf.where(above >= size, period - above - 1, above)
    inside = tf.where(place < 0, below, tf.where(place > size - 1, above, place))
    return tf.clip_by_value(inside, 0.0, size - 1.0)


def _bilinear(images: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """The values of `images` at the places x, y (batch, height, width), between the four pixels around each."""
    _, height, width, channels = images.shape
    flat = tf.reshape(images, [-1, channels])
    first = tf.reshape(tf.range(tf.shape(images)[0]) * height * width, [-1, 1, 1])
    left, top = tf.floor(x), tf.floor(y)
    right_share, low_share = (tf.cast(part, images.dtype)[..., tf.newaxis] for part in (x - left, y - top))

    def pixels(down: int, across: int) -> tf.Tensor:
        row = tf.minimum(tf.cast(top, tf.int32) + down, height - 1)
        column = tf.minimum(tf.cast(left, tf.int32) + across, width - 1)
        return tf.gather(flat, first + row * width + column)

    upper = (1 - right_share) * pixels(0, 0) + right_share * pixels(0, 1)
    lower = (1 - right_share) * pixels(1, 0) + right_share * pixels(1, 1)
    return (1 - low_share) * upper + low_share * lower
