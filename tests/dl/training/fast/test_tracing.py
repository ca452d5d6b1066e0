"""What is put in the place of Keras's and TensorFlow's own is there while a program is traced, and there alone."""

import threading
from collections import Counter
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.training.fast import PATCHES


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


def random_transforms(kind: str, count: int) -> np.ndarray:
    """(count, 8) float32: shifts far beyond the edges, turns, and both with a slant and a perspective."""
    random, rows = np.random.default_rng(0), np.tile(np.array([1, 0, 0, 0, 1, 0, 0, 0], np.float32), (count, 1))
    if kind == "shift":
        rows[:, [2, 5]] = random.uniform(-40, 40, (count, 2))
    elif kind == "turn":
        angle = random.uniform(0, 2 * np.pi, count)
        rows[:, [0, 1, 3, 4]] = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1)
    else:
        rows += random.uniform(-0.3, 0.3, (count, 8)) * [1, 1, 30, 1, 1, 30, 0.05, 0.05]
    return rows.astype(np.float32)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["shift", "turn", "any"])
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "xla"])
def test_pictures_equal_those_of_tensorflow(keras: ModuleType, kind: str, channels: int, compiled: bool) -> None:
    import tensorflow as tf

    from dl.training.fast.tracing import transformed

    images = np.random.default_rng(1).random((50, 9, 12, channels), np.float32)
    transforms = random_transforms(kind, 50)
    expected = tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=transforms,
        output_shape=[9, 12],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )
    found = tf.function(transformed, jit_compile=compiled)(tf.constant(images), tf.constant(transforms))
    far = np.abs(found.numpy() - expected.numpy()) > 1e-3
    assert far.mean() < 0.001, "but for places that rounding puts on the other side of an edge"


@pytest.mark.skipif(not PATCHES, reason="XLA has no kernel for it where nothing is patched")
def test_augmented_training_compiles_and_learns_as_the_graph_does(bench) -> None:  # type: ignore[no-untyped-def]
    from dl.specs.layers import Dense, Flatten, RandomRotation, RandomTranslation, Rescaling

    layers = (Rescaling(scale=1 / 16), RandomTranslation(), RandomRotation(), Flatten(), Dense(units=32))
    ends = {}
    for compiler in ("graph", "xla"):
        notes, _ = bench(*layers, rows=1000, epochs=5, compiler=compiler).train()
        ends[compiler] = notes.epochs[-1]["loss"]
    assert ends["xla"] == pytest.approx(ends["graph"], rel=0.15) and ends["xla"] < 1.9
