"""What is measured beside the loss, computed as Keras computes it."""

from collections.abc import Iterable

import keras
import numpy as np
import tensorflow as tf

from dl.tasks.metrics import ACCURACY, metric


def row_scores(name: str, labels: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """(rows,) float32, whose mean is the metric; `labels` (rows,) are classes or, not being integers, numbers."""
    wanted = metric(name)
    if wanted == ACCURACY:  # Keras's own takes a step longer
        return tf.cast(tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), labels), tf.float32)
    if labels.dtype.is_integer:
        return getattr(keras.metrics, f"sparse_{wanted.function}")(labels, outputs, **wanted.arguments)
    return getattr(keras.metrics, wanted.function)(labels[:, tf.newaxis], outputs, **wanted.arguments)


def mean_scores(names: Iterable[str], labels: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
    """Of whole arrays, such as the answers on the test set, by name."""
    kind = tf.int32 if np.issubdtype(labels.dtype, np.integer) else tf.float32
    known, given = tf.constant(labels, kind), tf.constant(outputs)
    return {name: float(row_scores(name, known, given).numpy().mean(dtype=float)) for name in names}


def keras_metric(name: str, sparse: bool) -> str | keras.metrics.Metric:
    """What `compile` takes for it."""
    wanted = metric(name)
    if wanted == ACCURACY:
        return wanted.name
    return getattr(keras.metrics, wanted.keras_class(sparse))(**wanted.arguments, name=wanted.name)
