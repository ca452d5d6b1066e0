"""What a trained model answers, in bounded memory."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

BATCH = 512


def evaluate(
    model: keras.Model, x: np.ndarray, targets: np.ndarray, advanced: Callable[[], None] = lambda: None
) -> tuple[np.ndarray, float]:
    """Outputs of the compiled model in inference mode, (rows, classes) float32, and their mean loss.

    The loss is taken where the outputs are made: of finished probabilities alone Keras would cut off every loss at 16.
    `advanced` is called after every block of rows.
    """
    loss = keras.losses.get(model.loss)

    @tf.function(reduce_retracing=True)
    def run(block: tf.Tensor, wanted: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = model(block, training=False)
        return outputs, tf.add_n([tf.reduce_mean(loss(wanted, outputs)), *model.losses])

    outputs, total = [], 0.0
    for start in range(0, len(x), BATCH):
        rows = slice(start, start + BATCH)
        block_outputs, block_loss = run(tf.constant(x[rows]), tf.constant(targets[rows]))
        outputs.append(block_outputs.numpy())
        total += float(block_loss) * len(outputs[-1])
        advanced()
    return np.concatenate(outputs).astype(np.float32), total / len(x)
