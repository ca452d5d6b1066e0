"""One run from its specification to its results: load, build, train, evaluate, save. Facts go into its folder."""

import errno
import os
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dl.datasets import DatasetStore, OpenDataset, split
from dl.errors import DatasetDamaged, SpecError, TrainingFailed
from dl.files import replace, temporary, write_array
from dl.runs.engine import Engine
from dl.runs.log.schema import schema_of
from dl.runs.log.steps import StepLog
from dl.runs.results import Results, write_results
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.runs.transitions import Ending
from dl.specs import DataSpec, NetworkSpec, RunSpec, TrainSpec
from dl.specs.checks import check
from dl.specs.layers import Dense, Flatten, Rescaling
from dl.tasks import task_of
from dl.tasks.classification import Classification
from dl.tasks.metrics import LOSS
from dl.training.build import Network, build_network
from dl.training.engine import Training
from dl.training.fast.choice import Hurried
from dl.training.recorder import Recorder, RunRecorder
from dl.training.status_writer import StatusWriter
from dl.training.step import TrainingData, row_scores, steps_per_epoch
from dl.workspace import Workspace

TEST_BATCH = 512


def execute(run: Run, workspace: Workspace, writer: StatusWriter, network: Network | None = None) -> Status:
    """Train from where the run stands, then evaluate on the test set and save; its status then. Raises LivefitError.

    A `network` that was prepared is taken if it is the one, and the run has none of its own yet.
    """
    spec, engine = run.spec(), run.engine()
    dataset = open_data(spec, workspace)
    try:
        data, began = training_data(spec, dataset), time.perf_counter()
        steps = spec.training.epochs * steps_per_epoch(len(data.train), spec)
        writer.update(phase="choosing", steps=steps, epochs=spec.training.epochs)
        if not network or network.step.spec != spec or engine:
            network = build_network(spec, data, workspace, engine)
        training, ending = _train(network, run, writer, began)
        if ending == "paused":
            gone = writer.leaving.is_set()
            return writer.end("interrupted", Fault(code="server_gone")) if gone else writer.end("paused")
        writer.advance(phase="evaluating")
        outputs, results = _evaluate(training, dataset, writer)
        _write_predictions(run, outputs, np.asarray(dataset.y_test))
        writer.advance(phase="saving")
        _save(training.step.model, run)
        write_results(run.folder, results)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise TrainingFailed(reason="out_of_memory") from error
    return writer.end(ending, fit_seconds=training.position.seconds, stopped_early=training.stopped_early)


def open_data(spec: RunSpec, workspace: Workspace) -> OpenDataset:
    """Raises LivefitError where they are not the data of the specification, or it cannot be trained on them."""
    dataset = DatasetStore(workspace).open(spec.data.dataset)
    if problems := check(spec, dataset.description):
        raise SpecError(problems)
    if spec.data.fingerprint not in (None, dataset.description.fingerprint):
        raise DatasetDamaged(dataset=spec.data.dataset, file="dataset.json")
    return dataset


def training_data(spec: RunSpec, dataset: OpenDataset) -> TrainingData:
    train_rows, validation_rows = split(len(dataset.y_train), spec.data.validation_share, spec.training.seed)
    return TrainingData(dataset.x_train, dataset.y_train, train_rows, validation_rows, task_of(dataset.description))


def _train(network: Network, run: Run, writer: StatusWriter, began: float) -> tuple[Training, Ending]:
    """The training, and how it ended."""
    with StepLog(run.folder, schema_of(network.step.metrics)) as log:
        recorder = RunRecorder(run, writer, log, began)
        recorder.engine(network.programs.engine)
        training = Training(network, recorder, began)
        writer.update(phase="training", step=training.position.step, epoch=training.position.epoch)
        try:
            ending = training.run()
        finally:
            network.programs.join()
        recorder.engine(network.programs.engine.model_copy(update={"parts": network.parts}))
    return training, ending


def _evaluate(training: Training, dataset: OpenDataset, writer: StatusWriter) -> tuple[np.ndarray, Results]:
    """What it answers on the test set, and what that comes to."""
    task, spec, targets = task_of(dataset.description), training.spec, np.asarray(dataset.y_test)
    wanted = task.encoded(targets, spec.data.target_encoding)
    outputs, loss = evaluate(training.step.model, dataset.x_test, wanted, writer.advance)
    if not np.isfinite(outputs).all():  # the last step went too far, and no later one was there to notice
        position = training.position
        raise TrainingFailed(reason="diverged", epoch=max(1, position.epoch), step=position.step)
    names = dict.fromkeys((task.metrics[0].name, *spec.training.metrics))  # each once
    labels = tf.constant(targets, tf.float32 if spec.data.target_encoding == "number" else tf.int32)
    means = {name: float(row_scores(name, labels, tf.constant(outputs)).numpy().mean(dtype=float)) for name in names}
    return outputs, Results(
        scores={LOSS.name: loss, **means},
        intervals=task.intervals(targets, outputs),
        baseline=task.baseline(dataset.y_train, targets),
    )


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
    for start in range(0, len(x), TEST_BATCH):
        rows = slice(start, start + TEST_BATCH)
        block_outputs, block_loss = run(tf.constant(x[rows]), tf.constant(targets[rows]))
        outputs.append(block_outputs.numpy())
        total += float(block_loss) * len(outputs[-1])
        advanced()
    return np.concatenate(outputs).astype(np.float32), total / len(x)


def _write_predictions(run: Run, outputs: np.ndarray, targets: np.ndarray) -> None:
    """So that a look at them needs no TensorFlow."""
    (run.folder / "predictions").mkdir(exist_ok=True)
    for name, array in (("targets", targets), ("outputs", outputs)):
        write_array(run.folder / "predictions" / f"test_{name}.npy", array)


def _save(model: keras.Model, run: Run) -> None:
    with temporary(run.model_file) as folder:  # Keras insists on the ending of the name
        folder.mkdir()
        model.save(folder / run.model_file.name)
        replace(folder / run.model_file.name, run.model_file)


def prepare(spec: RunSpec, workspace: Workspace, hurried: Hurried) -> Network:
    """For a run of exactly this specification, before there is one. Raises Abandoned, LivefitError."""
    dataset = open_data(spec, workspace)
    pinned = spec.data.model_copy(update={"fingerprint": dataset.description.fingerprint})
    spec = spec.model_copy(update={"data": pinned})
    return build_network(spec, training_data(spec, dataset), workspace, hurried=hurried)


def warm_up(workspace: Workspace) -> None:
    """Train next to nothing, so that the first real run need not pay for what TensorFlow does only once.

    Halves the time from a waiting worker to its first step (0.8 s to 0.4 s on two cores).
    """
    layers = (Rescaling(), Flatten(), Dense(units=2, activation="softmax"))
    spec = RunSpec(data=DataSpec(dataset="none"), model=NetworkSpec(layers=layers), training=TrainSpec(epochs=1))
    rows = np.arange(8)
    data = TrainingData(np.zeros((8, 4, 4, 1), np.uint8), rows % 2, rows[:6], rows[6:], task=Classification(("0", "1")))
    network = build_network(spec, data, workspace, known=Engine(compiler="xla", reason="measured"))
    Training(network, Recorder()).run()
    network.programs.join()
    evaluate(network.step.model, data.x, data.labels)
    keras.utils.clear_session()
