"""The steps of a model on data that stay in memory as stored: one that trains it, and one that scores it.

They are Keras's own: losses, regularisers, dropout, batch normalisation and optimisers mean what Keras says. The
functions are traced into programs of many steps (`dl.training.fast.programs`).
"""

import json
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from dl.specs import GradientClipping, RunSpec
from dl.specs.optimizers import Optimizer
from dl.tasks.classification import balanced_class_weights
from dl.tasks.metrics import ACCURACY, LOSS, metric
from dl.tasks.task import Task
from dl.training.fast.forward import forward

ALIGNMENT = 64  # of a tensor's first byte; TensorFlow ends the process where it is not kept


@dataclass(frozen=True)
class TrainingData:
    """`x` (rows, ...) and `labels` (rows,) as stored; `train` and `validation` are row numbers."""

    x: np.ndarray
    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    task: Task


def steps_per_epoch(rows: int, spec: RunSpec) -> int:
    return -(-rows // batch_size(rows, spec))


def batch_size(rows: int, spec: RunSpec) -> int:
    return rows if spec.training.optimizer.full_batch else min(rows, spec.training.batch_size)


class Step:
    """Compiles the model, builds its optimiser and puts the data where the programs read them.

    `metrics` names what it measures, the loss first. `name` is the same for all steps that compute the same, on data
    of the same shape.
    """

    def __init__(self, model: keras.Model, data: TrainingData, spec: RunSpec) -> None:
        self.model, self.data, self.spec, self.name = model, data, spec, _name(data, spec)
        self.layers = layers_of(model)
        self.metrics = (LOSS.name, *spec.training.metrics)
        rows = len(data.train)
        self.batch_size, self.steps_per_epoch = batch_size(rows, spec), steps_per_epoch(rows, spec)
        self.steps = spec.training.epochs * self.steps_per_epoch
        optimizer = build_optimizer(spec.training.optimizer, spec.training.gradient_clipping)
        if spec.training.precision == "mixed_float16":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        self._encoding = spec.data.target_encoding
        measured = [keras_metric(name, self._encoding == "integer") for name in spec.training.metrics]
        model.compile(optimizer, spec.training.loss, metrics=measured)
        optimizer.build(model.trainable_variables)
        self._loss = keras.losses.get(spec.training.loss)
        self._source = Resident({spec.model.inputs[0].kind: data.x})
        self._labels = tf.constant(data.labels.astype(np.float32 if self._encoding == "number" else np.int32))
        self._class_weights = None
        if spec.training.class_weight == "balanced":
            self._class_weights = tf.constant(balanced_class_weights(data.labels[data.train], data.task.outputs))

    def train(self, rows: tf.Tensor, learning_rate: tf.Tensor) -> list[tf.Tensor]:
        """Change the model by one batch; the `metrics` before the change."""
        optimizer, variables = self.model.optimizer, self.model.trainable_variables
        optimizer.learning_rate.assign(learning_rate)
        labels = tf.gather(self._labels, rows)
        with tf.GradientTape() as tape:
            outputs = forward(self.layers, tf.cast(self._inputs(rows), self.model.inputs[0].dtype))
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
            return tf.one_hot(labels, self.data.task.outputs)
        return labels[:, tf.newaxis] if self._encoding == "number" else labels

    def _means(self, labels: tf.Tensor, outputs: tf.Tensor) -> list[tf.Tensor]:
        return [tf.reduce_mean(row_scores(name, labels, outputs)) for name in self.metrics[1:]]

    def captured(self) -> dict[str, np.ndarray]:
        """A copy of every value that the model and its optimiser hold: weights, random states, moments, counts."""
        return {name: np.copy(variable.value.numpy()) for name, variable in self._variables().items()}

    def restore(self, values: dict[str, np.ndarray], with_optimizer: bool = True) -> None:
        """Put them back; without the optimiser's, it starts anew."""
        for name, variable in self._variables().items():
            if with_optimizer or name.startswith("model/"):
                variable.assign(values[name])

    def _variables(self) -> dict[str, keras.Variable]:
        """By place, since Keras's names differ between two builds of the same network."""
        model, optimizer = self.model.variables, self.model.optimizer.variables
        return {f"model/{i}": variable for i, variable in enumerate(model)} | {
            f"optimizer/{i}": variable for i, variable in enumerate(optimizer)
        }


def _name(data: TrainingData, spec: RunSpec) -> str:
    indifferent = {"epochs", "seed", "early_stopping", "learning_rate_schedule", "reduce_on_plateau"}
    facts = [spec.model.model_dump(), spec.training.model_dump(exclude=indifferent), spec.data.target_encoding]
    return json.dumps([*facts, data.x.shape, str(data.x.dtype), data.task.outputs])


def build_optimizer(optimizer: Optimizer, clipping: GradientClipping | None = None) -> keras.optimizers.Optimizer:
    limit = {clipping.by: clipping.value} if clipping else {}
    return getattr(keras.optimizers, optimizer.keras_class)(**optimizer.arguments(), **limit)


def keras_metric(name: str, sparse: bool) -> str | keras.metrics.Metric:
    """What `compile` takes for it."""
    wanted = metric(name)
    if wanted == ACCURACY:
        return wanted.name
    return getattr(keras.metrics, wanted.keras_class(sparse))(**wanted.arguments, name=wanted.name)


class Resident:
    """A source of features that stay in memory as stored: rows of each input, by number."""

    def __init__(self, inputs: dict[str, np.ndarray]) -> None:
        self._tensors = {name: _in_memory(array) for name, array in inputs.items()}

    def take(self, rows: tf.Tensor) -> dict[str, tf.Tensor]:
        """By the names of the inputs; traced into the programs of many steps."""
        return {name: tf.gather(tensor, rows) for name, tensor in self._tensors.items()}


def _in_memory(array: np.ndarray) -> tf.Tensor:
    """Without a copy of the file that it is mapped from: its pages are in memory already, or come when needed."""
    is_whole_file = isinstance(array, np.memmap) and not isinstance(array.base, np.ndarray)
    is_as_needed = is_whole_file and array.flags.c_contiguous and array.ctypes.data % ALIGNMENT == 0
    if tf.config.list_logical_devices("GPU") or not is_as_needed:
        return tf.constant(array)
    assert isinstance(array, np.memmap) and array.filename
    writable = np.memmap(array.filename, array.dtype, "c", array.offset, array.shape)  # NumPy demands it
    return tf.experimental.dlpack.from_dlpack(np.asarray(writable).__dlpack__())


def layers_of(model: keras.Model) -> list[keras.layers.Layer]:
    """Those of the specification, in their order."""
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def row_scores(name: str, labels: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """(rows,) float32, whose mean is the metric; `labels` (rows,) are classes or, not being integers, numbers."""
    wanted = metric(name)
    if wanted == ACCURACY:  # Keras's own takes a step longer
        return tf.cast(tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), labels), tf.float32)
    if labels.dtype.is_integer:
        return getattr(keras.metrics, f"sparse_{wanted.function}")(labels, outputs, **wanted.arguments)
    return getattr(keras.metrics, wanted.function)(labels[:, tf.newaxis], outputs, **wanted.arguments)
