"""One training step and one evaluation step of a model on data that stay in memory as stored.

The step is Keras's own: losses, regularisers, dropout, batch normalisation and optimisers mean what Keras says. The
functions are traced into programs of many steps (`dl.training.fast.program`).
"""

import json
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from dl.specs import RunSpec
from dl.tasks.classification import balanced_class_weights
from dl.tasks.metrics import LOSS
from dl.tasks.task import Task
from dl.training.build import build_optimizer
from dl.training.fast.forward import forward
from dl.training.metrics import keras_metric, row_scores
from dl.training.source import Resident, Source


@dataclass(frozen=True)
class TrainingData:
    """`x` (rows, ...) and `labels` (rows,) as stored; `train` and `validation` are row numbers."""

    x: np.ndarray
    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    task: Task


class Step:
    """Compiles the model, builds its optimiser and puts the data where the programs read them.

    `metrics` names what it measures, the loss first. `name` is the same for all steps that compute the same, on data
    of the same shape.
    """

    def __init__(self, model: keras.Model, data: TrainingData, spec: RunSpec) -> None:
        optimizer = build_optimizer(spec.training.optimizer, spec.training.gradient_clipping)
        if spec.training.precision == "mixed_float16":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        self._encoding, self._outputs = spec.data.target_encoding, data.task.outputs
        self._measured, is_sparse = spec.training.metrics, spec.data.target_encoding == "integer"
        model.compile(optimizer, spec.training.loss, metrics=[keras_metric(name, is_sparse) for name in self._measured])
        optimizer.build(model.trainable_variables)
        self.model, self.metrics, self.name = model, (LOSS.name, *self._measured), _name(data, spec)
        self._loss = keras.losses.get(spec.training.loss)
        self._source: Source = Resident({spec.model.inputs[0].kind: data.x})
        self._labels = tf.constant(data.labels.astype(np.float32 if self._encoding == "number" else np.int32))
        self._class_weights = None
        if spec.training.class_weight == "balanced":
            self._class_weights = tf.constant(balanced_class_weights(data.labels[data.train], self._outputs))

    def train(self, rows: tf.Tensor, learning_rate: tf.Tensor) -> list[tf.Tensor]:
        """Change the model by one batch; the `metrics` before the change."""
        optimizer, variables = self.model.optimizer, self.model.trainable_variables
        optimizer.learning_rate.assign(learning_rate)
        labels = tf.gather(self._labels, rows)
        with tf.GradientTape() as tape:
            outputs = forward(self.model, self._inputs(rows))
            loss = self._total_loss(labels, outputs, self._class_weights)
            scaled = optimizer.scale_loss(loss)
        optimizer.apply(tape.gradient(scaled, variables), variables)
        return [loss, *self._means(labels, outputs)]

    def score(self, rows: tf.Tensor, _: tf.Tensor) -> list[tf.Tensor]:
        """The `metrics` of these rows in inference mode."""
        labels = tf.gather(self._labels, rows)
        outputs = self.model(self._inputs(rows), training=False)
        return [self._total_loss(labels, outputs, None), *self._means(labels, outputs)]

    def _inputs(self, rows: tf.Tensor) -> tf.Tensor:
        (only,) = self._source.take(rows).values()
        return only

    def _total_loss(self, labels: tf.Tensor, outputs: tf.Tensor, class_weights: tf.Tensor | None) -> tf.Tensor:
        losses = self._loss(self._targets(labels), outputs)
        if class_weights is not None:
            losses *= tf.gather(class_weights, labels)
        return tf.add_n([tf.reduce_mean(losses), *self.model.losses])

    def _targets(self, labels: tf.Tensor) -> tf.Tensor:
        if self._encoding == "one_hot":
            return tf.one_hot(labels, self._outputs)
        return labels[:, tf.newaxis] if self._encoding == "number" else labels

    def _means(self, labels: tf.Tensor, outputs: tf.Tensor) -> list[tf.Tensor]:
        return [tf.reduce_mean(row_scores(name, labels, outputs)) for name in self._measured]


def _name(data: TrainingData, spec: RunSpec) -> str:
    indifferent = {"epochs", "seed", "early_stopping", "learning_rate_schedule", "reduce_on_plateau"}
    facts = [spec.model.model_dump(), spec.training.model_dump(exclude=indifferent), spec.data.target_encoding]
    return json.dumps([*facts, data.x.shape, str(data.x.dtype), data.task.outputs])
