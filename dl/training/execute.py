"""One run from its specification to its results: load, build, train, evaluate, save. Facts go into its folder."""

import errno
import os
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from dl.datasets import DatasetStore
from dl.errors import TrainingFailed
from dl.files import replace, temporary, write_array, write_model
from dl.preparation import Preparation
from dl.runs.engine import Engine
from dl.runs.environment import write_environment
from dl.runs.log.schema import schema_of
from dl.runs.log.steps import StepLog
from dl.runs.results import Results, write_results
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.runs.transitions import Ending
from dl.specs import DataSpec, NetworkSpec, RunSpec, TrainSpec
from dl.specs.layers import Dense, Flatten, Rescaling
from dl.tasks.classification import Classification
from dl.tasks.metrics import LOSS, metric
from dl.training.build import Network, build_network
from dl.training.columns import answering, averaged
from dl.training.data import Picked, RunData, run_data
from dl.training.engine import Training
from dl.training.environment import environment
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
    try:
        began = time.perf_counter()
        data = run_data(spec, workspace, run, writer.advance)
        _write_baseline(run, data)
        write_environment(run.folder, environment())
        steps = spec.training.epochs * steps_per_epoch(len(data.training.train), spec)
        writer.update(phase="choosing", steps=steps, epochs=spec.training.epochs)
        if not (network and _is_of(network, spec, data.training)) or engine:
            network = build_network(spec, data.training, workspace, engine)
        training, ending = _train(network, run, writer, began)
        if ending == "paused":
            gone = writer.leaving.is_set()
            return writer.end("interrupted", Fault(code="server_gone")) if gone else writer.end("paused")
        writer.advance(phase="evaluating")
        outputs, results = _evaluate(training, data, writer)
        _write_predictions(run, outputs, data)
        writer.advance(phase="saving")
        _save(training.step.model, data.training.preparation, run)
        write_results(run.folder, results)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise TrainingFailed(reason="out_of_memory") from error
    return writer.end(ending, fit_seconds=training.position.seconds, stopped_early=training.stopped_early)


def _write_baseline(run: Run, data: RunData) -> None:
    """To have something to compare with from the first epoch on."""
    measured = data.validation_targets if len(data.validation_targets) else data.train_targets
    write_model(run.baseline_file, data.training.task.baseline(data.train_targets, measured))


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


def _evaluate(training: Training, data: RunData, writer: StatusWriter) -> tuple[np.ndarray, Results]:
    """What it answers on the test set, in the target's own unit, and what that comes to."""
    task, spec, step = training.data.task, training.spec, training.step
    preparation = data.training.preparation
    is_number = spec.data.target_encoding == "number"
    labels = data.test_targets
    if is_number and preparation:
        labels = preparation.target.standardised(labels.astype(np.float64))
    wanted = task.encoded(labels, spec.data.target_encoding)
    outputs, loss = evaluate(step.model, data.test, wanted, writer.advance)
    if not np.isfinite(outputs).all():  # the last step went too far, and no later one was there to notice
        position = training.position
        raise TrainingFailed(reason="diverged", epoch=max(1, position.epoch), step=position.step)
    names = dict.fromkeys((*task.usual_metrics, *spec.training.metrics))  # each once
    scores = {name: _score(name, labels, outputs, data.training.unit) for name in names}
    if is_number and preparation:
        outputs = preparation.target.in_own_unit(outputs)
    return outputs, Results(
        scores={LOSS.name: loss, **scores},
        intervals=task.intervals(data.test_targets, outputs),
        baseline=task.baseline(data.train_targets, data.test_targets),
    )


def _score(name: str, labels: np.ndarray, outputs: np.ndarray, unit: float) -> float:
    """Of all rows at once; `labels` are as they are learnt."""
    is_number = labels.dtype.kind == "f"
    targets = tf.constant(labels, tf.float32 if is_number else tf.int32)
    mean = row_scores(name, targets, tf.constant(outputs)).numpy().mean(dtype=float)
    variance = float(labels.var(dtype=float)) if is_number else 1.0
    return float(metric(name).finish(mean, variance, unit))


def evaluate(
    model: keras.Model, x: np.ndarray | Picked, targets: np.ndarray, advanced: Callable[[], None] = lambda: None
) -> tuple[np.ndarray, float]:
    """Outputs of the compiled model in inference mode, (rows, outputs) float32, and their mean loss.

    The loss is taken where the outputs are made: of finished probabilities alone Keras would cut off every loss at 16.
    `advanced` is called after every block of rows.
    """
    loss = keras.losses.get(model.loss)

    @tf.function(reduce_retracing=True)
    def run(block: tf.Tensor | dict[str, tf.Tensor], wanted: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = averaged(model(block, training=False))
        return outputs, tf.add_n([tf.reduce_mean(loss(wanted, outputs)), *model.losses])

    outputs, total = [], 0.0
    for start in range(0, len(x), TEST_BATCH):
        rows = slice(start, start + TEST_BATCH)
        block_outputs, block_loss = run(tf.nest.map_structure(tf.constant, x[rows]), tf.constant(targets[rows]))
        outputs.append(block_outputs.numpy())
        total += float(block_loss) * len(outputs[-1])
        advanced()
    return np.concatenate(outputs).astype(np.float32), total / len(x)


def _write_predictions(run: Run, outputs: np.ndarray, data: RunData) -> None:
    """So that a look at them needs no TensorFlow."""
    (run.folder / "predictions").mkdir(exist_ok=True)
    arrays = {"rows": data.test_rows, "targets": data.test_targets, "outputs": outputs}
    for name, array in arrays.items():
        if array is not None:
            write_array(run.folder / "predictions" / f"test_{name}.npy", array)


def _save(model: keras.Model, preparation: Preparation | None, run: Run) -> None:
    """Of a table, the model that takes its columns raw."""
    model = answering(model, preparation) if preparation else model
    with temporary(run.model_file) as folder:  # Keras insists on the ending of the name
        folder.mkdir()
        model.save(folder / run.model_file.name)
        replace(folder / run.model_file.name, run.model_file)


def prepare(spec: RunSpec, workspace: Workspace, hurried: Hurried) -> Network:
    """For a run of exactly this specification, before there is one. Raises Abandoned, LivefitError."""
    fingerprint = DatasetStore(workspace).imported(spec.data.dataset).fingerprint
    spec = spec.model_copy(update={"data": spec.data.model_copy(update={"fingerprint": fingerprint})})
    return build_network(spec, run_data(spec, workspace).training, workspace, hurried=hurried)


def _is_of(network: Network, spec: RunSpec, data: TrainingData) -> bool:
    return network.step.spec == spec and network.step.data.preparation == data.preparation


def warm_up(workspace: Workspace) -> None:
    """Train next to nothing, so that the first real run need not pay for what TensorFlow does only once.

    Halves the time from a waiting worker to its first step (0.8 s to 0.4 s on two cores).
    """
    layers = (Rescaling(), Flatten(), Dense(units=2, activation="softmax"))
    spec = RunSpec(data=DataSpec(dataset="none"), model=NetworkSpec(layers=layers), training=TrainSpec(epochs=1))
    rows = np.arange(8)
    pictures, task = np.zeros((8, 4, 4, 1), np.uint8), Classification(("0", "1"))
    data = TrainingData({"picture": pictures}, rows % 2, rows[:6], rows[6:], task)
    network = build_network(spec, data, workspace, known=Engine(compiler="xla", reason="measured"))
    Training(network, Recorder()).run()
    network.programs.join()
    evaluate(network.step.model, pictures, data.labels)
    keras.utils.clear_session()
