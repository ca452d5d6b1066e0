"""The transformation that XLA can compile gives the pictures that TensorFlow's own operation gives."""

from types import ModuleType

import numpy as np
import pytest

from dl.training.fast import PATCHES


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

    from dl.training.fast.affine import transformed

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
