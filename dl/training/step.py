"""The steps of a model on data that stay in memory as stored: one that trains it, and one that scores it.

They are Keras's own: losses, regularisers, dropout, batch normalisation and optimisers mean what Keras says. The
functions are traced into programs of many steps (`dl.training.fast.programs`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from dl.preparation import Preparation
from dl.specs import GradientClipping, RunSpec
from dl.specs.optimizers import Optimizer
from dl.tasks.classification import balanced_class_weights
from dl.tasks.metrics import ACCURACY, LOSS, metric
from dl.tasks.task import Task
from dl.training.columns import OWN, averaged
from dl.training.fast.forward import forward

ALIGNMENT = 64  # of a tensor's first byte; TensorFlow ends the process where it is not kept


@dataclass(frozen=True)
class TrainingData:
    """`inputs` are arrays (rows, ...) and `labels` (rows,) classes, or numbers in the unit in which they are learnt.

    `train` and `validation` are row numbers. A table has its `preparation`.
    """

    inputs: Mapping[str, np.ndarray]
    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    task: Task
    preparation: Preparation | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row, if all is in one array; else how many numbers there are, and levels of each category."""
        if self.preparation:
            return len(self.preparation.numbers), *(len(category.levels) for category in self.preparation.categories)
        (only,) = self.inputs.values()
        return only.shape[1:]

    @property
    def unit(self) -> float:
        """What 1 of the labels is in the unit of the target."""
        return self.preparation.target.scale if self.preparation else 1.0

    def variance(self, rows: np.ndarray) -> float:
        """Of the labels that are numbers."""
        return float(self.labels[rows].var(dtype=float)) if self.labels.dtype.kind == "f" and len(rows) else 1.0


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
        self._source = Resident(data.inputs)
        self._members = spec.model.members
        self._train_variance = data.variance(data.train)
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
            outputs = self._outputs(rows)
            loss = self._total_loss(labels, outputs, self._class_weights)
            scaled = optimizer.scale_loss(loss)
        optimizer.apply(tape.gradient(scaled, variables), variables)
        return [loss, *self._means(labels, averaged(outputs))]

    def score(self, rows: tf.Tensor, _: tf.Tensor) -> list[tf.Tensor]:
        """The `metrics` of these rows in inference mode."""
        labels = tf.gather(self._labels, rows)
        outputs = averaged(self.model(self._inputs(rows), training=False))
        return [self._total_loss(labels, outputs, None), *self._means(labels, outputs)]

    def finished(self, means: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """The metrics, (metrics, ...) as the means that they are made of, which can be averaged over batches.

        `rows` are those that were scored in all; without them, those that are trained on.
        """
        variance = self._train_variance if rows is None else self.data.variance(rows)
        finish = [metric(name).finish for name in self.metrics]
        return np.stack([end(mean, variance, self.data.unit) for end, mean in zip(finish, means, strict=True)])

    def _inputs(self, rows: tf.Tensor) -> tf.Tensor | dict[str, tf.Tensor]:
        taken = self._source.take(rows)
        return taken if self.data.preparation else next(iter(taken.values()))

    def _outputs(self, rows: tf.Tensor) -> tf.Tensor:
        """In training mode; of an ensemble, (rows, members, outputs)."""
        inputs = self._inputs(rows)
        if isinstance(inputs, dict):
            return self.model(inputs, training=True)
        return forward(self.layers, tf.cast(inputs, self.model.inputs[0].dtype))

    def _total_loss(self, labels: tf.Tensor, outputs: tf.Tensor, class_weights: tf.Tensor | None) -> tf.Tensor:
        """Each member of an ensemble learns by itself: the mean of their losses."""
        targets, is_ensemble = self._targets(labels), len(outputs.shape) == 3
        if is_ensemble:
            targets = tf.repeat(targets[:, tf.newaxis], self._members, axis=1)
        losses = self._loss(targets, outputs)
        if class_weights is not None:
            weights = tf.gather(class_weights, labels)
            losses *= weights[:, tf.newaxis] if is_ensemble else weights
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
    facts: list[object] = [
        spec.model.model_dump(),
        spec.training.model_dump(exclude=indifferent),
        spec.data.target_encoding,
    ]
    facts += [part for array in data.inputs.values() for part in (array.shape, str(array.dtype))]
    return json.dumps([*facts, data.task.outputs, *([data.preparation.hash] if data.preparation else [])])


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

    def __init__(self, inputs: Mapping[str, np.ndarray]) -> None:
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
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    return [layer for layer in layers if not layer.name.startswith(OWN)]


def row_scores(name: str, labels: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """(rows,) float32, whose mean is the metric; `labels` (rows,) are classes or, not being integers, numbers."""
    wanted = metric(name)
    if wanted == ACCURACY:  # Keras's own takes a step longer
        return tf.cast(tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), labels), tf.float32)
    if labels.dtype.is_integer:
        return getattr(keras.metrics, f"sparse_{wanted.function}")(labels, outputs, **wanted.arguments)
    return getattr(keras.metrics, wanted.function)(labels[:, tf.newaxis], outputs, **wanted.arguments)
