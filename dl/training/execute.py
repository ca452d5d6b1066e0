"""One run from its specification to its results: load, build, train, evaluate, save. Facts go into its folder."""

import errno
import os
import time

import keras
import numpy as np
import tensorflow as tf

from dl.datasets import OpenDataset
from dl.errors import RunDamaged, TrainingFailed
from dl.files import replace, temporary, write_array, write_atomically
from dl.runs.engine import Engine
from dl.runs.log.schema import schema_of
from dl.runs.log.steps import StepLog
from dl.runs.results import Results, write_results
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.runs.transitions import Ending
from dl.specs import RunSpec
from dl.tasks import task_of
from dl.tasks.metrics import LOSS
from dl.training.engine import Training, steps_per_epoch
from dl.training.metrics import mean_scores
from dl.training.network import Network, build_network, open_data, training_data
from dl.training.outputs import evaluate
from dl.training.recorder import RunRecorder
from dl.training.status_writer import StatusWriter
from dl.workspace import Workspace


def execute(run: Run, workspace: Workspace, writer: StatusWriter, prepared: Network | None = None) -> Status:
    """Train from where the run stands, then evaluate on the test set and save; its status then. Raises LivefitError.

    A network that was `prepared` is taken if it is the one, and the run has none of its own yet.
    """
    spec = run.spec()
    dataset = open_data(spec, workspace)
    try:
        if prepared and (prepared.spec != spec or run.engine()):
            prepared = None
        training, ending = _train(spec, dataset, run, workspace, writer, prepared)
        model = training.step.model
        if ending == "paused":
            return _paused(writer)
        writer.advance(phase="evaluating")
        outputs, results = _evaluate(model, spec, dataset, training, writer)
        _write_predictions(run, outputs, np.asarray(dataset.y_test))
        writer.advance(phase="saving")
        _save(model, run)
        write_results(run.folder, results)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise TrainingFailed(reason="out_of_memory") from error
    event: Ending = "stopped" if ending == "stopped" else "finished"
    return writer.end(event, fit_seconds=training.position.seconds, stopped_early=training.stopped_early)


def _train(
    spec: RunSpec,
    dataset: OpenDataset,
    run: Run,
    workspace: Workspace,
    writer: StatusWriter,
    prepared: Network | None,
) -> tuple[Training, str]:
    """The training, and how it ended."""
    data = prepared.data if prepared else training_data(spec, dataset)
    began, steps = time.perf_counter(), spec.training.epochs * steps_per_epoch(len(data.train), spec)
    writer.update(phase="choosing", steps=steps, epochs=spec.training.epochs)
    network = prepared or build_network(spec, data, workspace, run.engine())
    write_engine(run, network.programs.engine)
    with StepLog(run.folder, schema_of(network.step.metrics)) as log:
        recorder = RunRecorder(run, writer, log, began)
        changes = {change.step: change.learning_rate for change in run.changes() if change.by == "user"}
        made = network.step, data, spec, network.programs
        training = Training(*made, recorder, changes, began, writer.advance, network.parts)
        _restore(training, run)
        writer.update(phase="training", step=training.position.step, epoch=training.position.epoch)
        try:
            ending = training.run(recorder.wishes(training.position.step))
        finally:
            network.programs.settle()
    write_engine(run, network.programs.engine.model_copy(update={"parts": training.parts}))
    return training, ending


def write_engine(run: Run, engine: Engine) -> None:
    write_atomically(run.folder / "engine.json", engine.model_dump_json().encode())


def _restore(training: Training, run: Run) -> None:
    """Go on from the newest checkpoint that can be read; from the beginning if there is none.

    A fork has no beginning of its own. Raises RunDamaged.
    """
    fork = run.spec().fork
    damage = RunDamaged(run=run.id, file="checkpoints")
    for checkpoint in reversed(run.checkpoints.list()):
        try:
            snapshot = checkpoint.read()
        except RunDamaged as error:
            print(error, "- the one before it is taken", flush=True)
            damage = error
            continue
        return training.restore(snapshot, anew=fork is not None and checkpoint.step == fork.step)
    if fork:
        raise damage


def _paused(writer: StatusWriter) -> Status:
    if writer.leaving.is_set():
        return writer.end("interrupted", Fault(code="server_gone"))
    return writer.end("paused")


def _evaluate(
    model: keras.Model, spec: RunSpec, dataset: OpenDataset, training: Training, writer: StatusWriter
) -> tuple[np.ndarray, Results]:
    """What it answers on the test set, and what that comes to."""
    task, targets = task_of(dataset.description), np.asarray(dataset.y_test)
    wanted = task.encoded(targets, spec.data.target_encoding)
    outputs, loss = evaluate(model, dataset.x_test, wanted, writer.advance)
    if not np.isfinite(outputs).all():  # the last step went too far, and no later one was there to notice
        position = training.position
        raise TrainingFailed(reason="diverged", epoch=max(1, position.epoch), step=position.step)
    names = (task.metrics[0].name, *spec.training.metrics)
    return outputs, Results(
        scores={LOSS.name: loss, **mean_scores(names, targets, outputs)},
        intervals=task.intervals(targets, outputs),
        baseline=task.baseline(dataset.y_train, targets),
    )


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
