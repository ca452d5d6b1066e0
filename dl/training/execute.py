"""One run from its specification to its results: load, build, train, evaluate, save. Facts go into its folder."""

import errno
import os
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dl.checks import check
from dl.datasets import open_dataset, split
from dl.datasets.store import OpenDataset
from dl.errors import DatasetDamaged, RunDamaged, SpecError, TrainingFailed
from dl.evaluation.classification import majority_share
from dl.files import write_array, write_atomically
from dl.runs.metrics import StepLog
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.specs import RunSpec
from dl.training.build import build_model
from dl.training.choice import EngineMemory, Programs, choose
from dl.training.engine import Training, batch_size, steps_per_epoch
from dl.training.journal import Journal
from dl.training.outputs import evaluate
from dl.training.recorder import RunRecorder
from dl.training.step import Step, TrainingData
from dl.workspace import Workspace


def execute(run: Run, workspace: Workspace, journal: Journal) -> Status:
    """Train from where the run stands, then evaluate on the test set and save; its status then. Raises LivefitError."""
    spec = run.spec()
    dataset = open_dataset(workspace, spec.data.dataset)
    if problems := check(spec, dataset.description):
        raise SpecError(problems)
    if spec.data.fingerprint not in (None, dataset.description.fingerprint):
        raise DatasetDamaged(dataset=spec.data.dataset, file="dataset.json")
    keras.utils.set_random_seed(spec.training.seed)
    try:
        model = build_model(spec.model, dataset.description.shape, spec.training.precision)
        training, ending = _train(model, spec, dataset, run, workspace, journal)
        if ending == "paused":
            return _paused(journal)
        journal.advance(phase="evaluating")
        facts = _evaluate(model, spec, dataset, training, journal)
        _write_predictions(run, facts.pop("probabilities"), np.asarray(dataset.y_test))
        journal.advance(phase="saving")
        _save(model, run)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        if os.strerror(errno.ENOSPC) in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise TrainingFailed(reason="out_of_memory") from error
    facts |= {"fit_seconds": training.position.seconds, "stopped_early": training.stopped_early}
    return journal.end("STOPPED" if ending == "stopped" else "FINISHED", **facts)


def training_data(spec: RunSpec, dataset: OpenDataset) -> TrainingData:
    train_rows, validation_rows = split(len(dataset.y_train), spec.data.validation_share, spec.training.seed)
    classes = len(dataset.description.classes)
    return TrainingData(dataset.x_train, dataset.y_train, train_rows, validation_rows, classes)


def _train(
    model: keras.Sequential, spec: RunSpec, dataset: OpenDataset, run: Run, workspace: Workspace, journal: Journal
) -> tuple[Training, str]:
    """The training, and how it ended."""
    data = training_data(spec, dataset)
    began, steps = time.perf_counter(), spec.training.epochs * steps_per_epoch(len(data.train), spec)
    journal.update(phase="choosing", steps=steps, epochs=spec.training.epochs)
    step = Step(model, data, spec)
    programs = programs_for(step, data, spec, run, workspace)
    with StepLog(run.folder) as log:
        recorder = RunRecorder(run, journal, log, began)
        changes = {change.step: change.learning_rate for change in run.changes() if change.by == "user"}
        training = Training(step, data, spec, programs, recorder, changes, began, journal.advance)
        _restore(training, run)
        journal.update(phase="training", step=training.position.step, epoch=training.position.epoch)
        return training, training.run(recorder.wishes(training.position.step))


def programs_for(step: Step, data: TrainingData, spec: RunSpec, run: Run, workspace: Workspace) -> Programs:
    """The engine that the run had before, else one that proved best for this network before, else a trial's winner."""
    batch = batch_size(len(data.train), spec)
    memory = EngineMemory(workspace.home / "engines.json")
    if known := run.engine() or memory.recall(spec, data.x.shape[1:]):
        programs = Programs(step, batch, known)
    else:
        steps = spec.training.epochs * steps_per_epoch(len(data.train), spec)
        programs = choose(step, data.train, batch, steps)
        memory.note(spec, data.x.shape[1:], programs.engine)
    write_atomically(run.folder / "engine.json", programs.engine.model_dump_json().encode())
    return programs


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


def _paused(journal: Journal) -> Status:
    if journal.leaving.is_set():
        return journal.end("INTERRUPTED", Fault(code="server_gone"))
    return journal.end("PAUSED")


def _evaluate(
    model: keras.Sequential, spec: RunSpec, dataset: OpenDataset, training: Training, journal: Journal
) -> dict[str, Any]:
    """The probabilities of the test set, and the scores from them."""
    labels = np.asarray(dataset.y_test)
    targets: np.ndarray = labels
    if spec.data.target_encoding == "one_hot":
        targets = np.eye(len(dataset.description.classes), dtype=np.float32)[labels]
    probabilities, loss = evaluate(model, dataset.x_test, targets, journal.advance)
    if not np.isfinite(probabilities).all():  # the last step went too far, and no later one was there to notice
        position = training.position
        raise TrainingFailed(reason="diverged", epoch=max(1, position.epoch), step=position.step)
    majority_class, majority_accuracy = majority_share(dataset.y_train, labels)
    return {
        "probabilities": probabilities,
        "test_loss": loss,
        "test_accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
        "majority_class": majority_class,
        "majority_accuracy": majority_accuracy,
    }


def _write_predictions(run: Run, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """So that a look at them needs no TensorFlow."""
    (run.folder / "predictions").mkdir(exist_ok=True)
    for name, array in (("labels", labels), ("probabilities", probabilities)):
        write_array(run.folder / "predictions" / f"test_{name}.npy", array)


def _save(model: keras.Sequential, run: Run) -> None:
    temporary = run.folder / "model.saving.keras"
    try:
        model.save(temporary)
        write_atomically(run.model_file, temporary.read_bytes())
    finally:
        temporary.unlink(missing_ok=True)
