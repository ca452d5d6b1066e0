"""Trains a model: many whole steps run as one TensorFlow program that returns every step's own loss and accuracy.

The step is Keras's own: losses, regularisers, dropout, batch normalisation and optimisers mean what Keras says. Data
stay in memory as stored and are gathered by index inside the program; only the batches' indices are passed in. How
many steps make a call follows from time: about a tenth of a second, which bounds how long Stop waits and how old a
point on the chart can be.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from dl.errors import TrainingFailed
from dl.specs import EarlyStopping, RunSpec
from dl.training.build import build_optimizer

CHUNK_SECONDS = 0.1
EVALUATION_BATCH = 512


@dataclass(frozen=True)
class TrainingData:
    """`x` (rows, height, width, channels) as stored, `labels` (rows,) integers; the indices tell their use."""

    x: np.ndarray
    labels: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    classes: int


@dataclass(frozen=True)
class Chunk:
    """Steps that have just been made: arrays of one value a step."""

    epoch: int
    time: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray


class Recorder(Protocol):
    """Who is told what happened; answering True to `chunk` stops the training after it."""

    def chunk(self, chunk: Chunk) -> bool: ...
    def epoch(self, record: dict[str, float]) -> None: ...


def train(model: keras.Sequential, data: TrainingData, spec: RunSpec, recorder: Recorder) -> bool:
    """Train until all epochs are done, the recorder says stop or early stopping does; True if early stopping did.

    Raises TrainingFailed (diverged) when a loss is not finite.
    """
    one_hot = spec.data.target_encoding == "one_hot"
    model.compile(build_optimizer(spec.training.optimizer), spec.training.loss, metrics=["accuracy"])
    trainer = Trainer(model, data, one_hot)
    patience = _Patience(spec.training.early_stopping, model)
    for epoch in range(1, spec.training.epochs + 1):
        started = time.perf_counter()
        sums, stopped = _epoch(trainer, data, spec, epoch, recorder)
        seconds = time.perf_counter() - started
        record = {
            "epoch": epoch,
            **sums,
            **trainer.evaluate(data.validation, "val_"),
            "seconds": seconds,
            "time": time.time(),
        }
        recorder.epoch(record)
        if stopped:  # the user's wish: the network as it is now
            return False
        if patience.is_exhausted(record):
            break
    patience.restore_best()
    return patience.exhausted


def steps_per_epoch(rows: int, spec: RunSpec) -> int:
    return 1 if spec.training.optimizer.full_batch else -(-rows // spec.training.batch_size)


def _epoch(
    trainer: "Trainer", data: TrainingData, spec: RunSpec, epoch: int, recorder: Recorder
) -> tuple[dict[str, float], bool]:
    """One pass over the training rows: the means that Keras would report, the steps made, and whether to stop."""
    order = np.random.default_rng([spec.training.seed, epoch]).permutation(data.train).astype(np.int32)
    batch = len(order) if spec.training.optimizer.full_batch else spec.training.batch_size
    loss = accuracy = 0.0
    done = steps = 0
    stopped = False
    for rows, chunk in trainer.chunks(order, batch, epoch):
        stopped = recorder.chunk(chunk)
        bad = ~np.isfinite(chunk.loss)
        if bad.any():
            raise TrainingFailed(reason="diverged", epoch=epoch, step=steps + int(bad.argmax()) + 1)
        loss, accuracy = loss + float(rows @ chunk.loss), accuracy + float(rows @ chunk.accuracy)
        done, steps = done + int(rows.sum()), steps + len(rows)
        if stopped:
            break
    return {"loss": loss / done, "accuracy": accuracy / done, "steps": steps}, stopped


class Trainer:
    """The compiled programs of one model on one data set, and how many steps one call should make."""

    def __init__(self, model: keras.Sequential, data: TrainingData, one_hot: bool) -> None:
        self._model, self._depth = model, data.classes if one_hot else 0
        self._x, self._labels = tf.constant(data.x), tf.constant(data.labels.astype(np.int32))
        model.optimizer.build(model.trainable_variables)
        self._loss = keras.losses.get(model.loss)
        self._steps = tf.function(self._run_steps, input_signature=[tf.TensorSpec([None, None], tf.int32)])
        self._scores = tf.function(self._score, input_signature=[tf.TensorSpec([None], tf.int32)])
        self._steps_per_call = 1

    def chunks(self, order: np.ndarray, batch: int, epoch: int) -> Iterator[tuple[np.ndarray, Chunk]]:
        """Train on `order` in batches; yields the rows of each step and its results. The last batch may be smaller."""
        whole = len(order) // batch
        batches = order[: whole * batch].reshape(whole, batch)
        rest = order[whole * batch :].reshape(1, -1)
        position = 0
        while position < whole:
            block = batches[position : position + self._steps_per_call]
            position += len(block)
            yield np.full(len(block), batch), self._call(block, epoch)
        if rest.size:
            yield np.full(1, rest.size), self._call(rest, epoch)

    def evaluate(self, rows: np.ndarray, prefix: str = "") -> dict[str, float]:
        """Mean loss and accuracy over these rows in inference mode; nothing for no rows."""
        if not len(rows):
            return {}
        blocks = np.array_split(rows.astype(np.int32), -(-len(rows) // EVALUATION_BATCH))
        sums = np.sum([np.array(self._scores(tf.constant(block))) * len(block) for block in blocks], axis=0)
        loss, accuracy = sums / len(rows)
        return {f"{prefix}loss": float(loss), f"{prefix}accuracy": float(accuracy)}

    def _call(self, block: np.ndarray, epoch: int) -> Chunk:
        before = time.time()
        loss, accuracy = (result.numpy() for result in self._steps(tf.constant(block)))
        after = time.time()
        per_step = (after - before) / len(block)
        self._steps_per_call = max(1, min(2 * len(block), round(CHUNK_SECONDS / per_step)))
        return Chunk(epoch, before + per_step * np.arange(1, len(block) + 1), loss, accuracy)

    def _run_steps(self, batches: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        count = tf.shape(batches)[0]
        losses, accuracies = tf.TensorArray(tf.float32, count), tf.TensorArray(tf.float32, count)
        for step in tf.range(count):
            loss, accuracy = self._step(batches[step])
            losses, accuracies = losses.write(step, loss), accuracies.write(step, accuracy)
        return losses.stack(), accuracies.stack()

    def _step(self, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        x, labels = tf.gather(self._x, rows), tf.gather(self._labels, rows)
        with tf.GradientTape() as tape:
            probabilities = self._model(x, training=True)
            loss = self._total_loss(labels, probabilities)
        variables = self._model.trainable_variables
        self._model.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss, _accuracy(labels, probabilities)

    def _score(self, rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        labels = tf.gather(self._labels, rows)
        probabilities = self._model(tf.gather(self._x, rows), training=False)
        return self._total_loss(labels, probabilities), _accuracy(labels, probabilities)

    def _total_loss(self, labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
        targets = tf.one_hot(labels, self._depth) if self._depth else labels
        return tf.add_n([tf.reduce_mean(self._loss(targets, probabilities)), *self._model.losses])


def _accuracy(labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    right = tf.equal(tf.argmax(probabilities, axis=-1, output_type=tf.int32), labels)
    return tf.reduce_mean(tf.cast(right, tf.float32))


class _Patience:
    """Early stopping as `keras.callbacks.EarlyStopping(restore_best_weights=True)` does it."""

    def __init__(self, rule: EarlyStopping | None, model: keras.Sequential) -> None:
        self._rule, self._model, self._waited = rule, model, 0
        self._best = -np.inf
        self._best_weights: list[np.ndarray] | None = None
        self.exhausted = False

    def is_exhausted(self, record: dict[str, float]) -> bool:
        if self._rule is None:
            return False
        sign = 1 if self._rule.monitor.endswith("accuracy") else -1
        if (value := sign * record[self._rule.monitor]) > self._best:
            self._best, self._best_weights, self._waited = value, self._model.get_weights(), 0
        else:
            self._waited += 1
        self.exhausted = self._waited >= self._rule.patience
        return self.exhausted

    def restore_best(self) -> None:
        if self._best_weights is not None:
            self._model.set_weights(self._best_weights)


def evaluate(model: keras.Sequential, x: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, float]:
    """Outputs of the compiled model in inference mode, (rows, classes) float32, and their mean loss, in bounded memory.

    The loss is taken where the outputs are made: of finished probabilities alone Keras would cut off every loss at 16.
    """
    loss = keras.losses.get(model.loss)

    @tf.function(reduce_retracing=True)
    def run(block: tf.Tensor, wanted: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = model(block, training=False)
        return outputs, tf.add_n([tf.reduce_mean(loss(wanted, outputs)), *model.losses])

    outputs, total = [], 0.0
    for start in range(0, len(x), EVALUATION_BATCH):
        rows = slice(start, start + EVALUATION_BATCH)
        block_outputs, block_loss = run(tf.constant(x[rows]), tf.constant(targets[rows]))
        outputs.append(block_outputs.numpy())
        total += float(block_loss) * len(outputs[-1])
    return np.concatenate(outputs).astype(np.float32), total / len(x)
