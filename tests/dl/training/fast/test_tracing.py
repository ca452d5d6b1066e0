"""What is put in the place of Keras's and TensorFlow's own is there while a program is traced, and there alone."""

import threading
from collections import Counter
from types import ModuleType
from typing import Any

import pytest


def places() -> list[Any]:
    import tensorflow as tf
    from keras.src.backend.tensorflow import image

    from dl.training.fast.tracing import RANDOM

    random = [getattr(tf.random, name) for name in RANDOM]
    return [*random, tf.nn.experimental.stateless_dropout, image.affine_transform]


def test_everything_is_as_it_was_after_tracing_also_when_that_fails(keras: ModuleType) -> None:
    from dl.training.fast.tracing import for_xla

    before = places()
    with pytest.raises(ValueError, match="traced"), for_xla("network"):
        assert not any(now is then for now, then in zip(places(), before, strict=True))
        raise ValueError("traced")
    assert all(now is then for now, then in zip(places(), before, strict=True))


def test_random_numbers_come_from_threefry_in_this_thread_alone(keras: ModuleType) -> None:
    import tensorflow as tf

    from dl.training.fast.tracing import for_xla

    def draw(**how: str) -> bytes:
        def numbers() -> tf.Tensor:
            return tf.random.stateless_uniform([4], seed=[1, 2], **how)

        return tf.function(numbers, jit_compile=True)().numpy().tobytes()

    own, threefry = draw(), draw(alg="threefry")
    elsewhere: list[bytes] = []
    with for_xla("network"):
        other = threading.Thread(target=lambda: elsewhere.append(draw()))
        other.start()
        other.join()
        here = draw()
    assert here == threefry != own and elsewhere == [own] and draw() == own


def test_functions_are_numbered_by_the_network_s_name_and_never_twice_alike(
    keras: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorflow.python.framework import ops

    from dl.training.fast import tracing

    def numbers(name: str) -> list[int]:
        with tracing.for_xla(name):
            return [ops.uid(), ops.uid()]

    monkeypatch.setattr(tracing, "_traced", Counter())
    first, again, other = numbers("a"), numbers("a"), numbers("b")
    assert first[1] == first[0] + 1 and len({*first, *again, *other}) == 6
    monkeypatch.setattr(tracing, "_traced", Counter())
    assert numbers("a") == first, "so that what was compiled is found again in another process"
