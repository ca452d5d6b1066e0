"""Pooling before bias and activation gives what pooling after them gives."""

from types import ModuleType

import numpy as np
import pytest


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "linear", "tanh", "gelu"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_outputs_are_identical_and_gradients_agree(keras: ModuleType, activation: str, padding: str) -> None:
    """Of gelu, which falls before it rises, the order would not be kept: there it must not be changed."""
    import tensorflow as tf

    from dl.training.fast.forward import forward

    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((9, 9, 2)),
            layers.Conv2D(4, 3, activation=activation, bias_initializer="random_normal", padding=padding),
            layers.MaxPooling2D(2, padding=padding),
            layers.BatchNormalization(),
            layers.Conv2D(3, 2, activation=activation, bias_initializer="random_normal"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(5),
        ]
    )
    x = tf.constant(np.random.default_rng(0).integers(0, 9, (16, 9, 9, 2)).astype(np.uint8))

    def run(call: object) -> tuple[np.ndarray, list[np.ndarray]]:
        with tf.GradientTape() as tape:
            outputs = call(x)  # type: ignore[operator]
            loss = tf.reduce_mean(outputs**2)
        return outputs.numpy(), [gradient.numpy() for gradient in tape.gradient(loss, model.trainable_variables)]

    outputs, gradients = run(lambda x: forward(model.layers, tf.cast(x, tf.float32)))
    expected_outputs, expected_gradients = run(lambda x: model(x, training=True))
    np.testing.assert_array_equal(outputs, expected_outputs)
    for gradient, expected in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)
    assert model.layers[0].use_bias and model.layers[0].activation.__name__ == activation
