"""One run from its specification to its results: load, build, train, evaluate, save. Facts go into its folder."""

import time
from collections import deque
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dl.checks import check
from dl.datasets import open_dataset, split
from dl.datasets.store import OpenDataset
from dl.errors import DatasetDamaged, SpecError, TrainingFailed
from dl.evaluation.classification import majority_share
from dl.files import write_array, write_atomically
from dl.runs.metrics import StepLog, append_epoch
from dl.runs.run import Run
from dl.runs.status import Status
from dl.specs import RunSpec
from dl.training.build import build_model
from dl.training.engine import Chunk, TrainingData, evaluate, steps_per_epoch, train
from dl.training.journal import Journal
from dl.workspace import Workspace

RATE_SECONDS = 3.0


def execute(run: Run, workspace: Workspace, journal: Journal) -> Status:
    """Train, then evaluate on the test set and save; the status it ends with. Raises LivefitError."""
    spec = run.spec()
    dataset = open_dataset(workspace, spec.data.dataset)
    if problems := check(spec, dataset.description):
        raise SpecError(problems)
    if spec.data.fingerprint not in (None, dataset.description.fingerprint):
        raise DatasetDamaged(dataset=spec.data.dataset, file="dataset.json")
    keras.utils.set_random_seed(spec.training.seed)
    try:
        model = build_model(spec.model, dataset.description.shape)
        facts, cut_short = _train(model, spec, dataset, run, journal)
        journal.update(phase="evaluating")
        facts |= _evaluate(model, spec, dataset, run)
        journal.update(phase="saving")
        _save(model, run)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise TrainingFailed(reason="out_of_memory") from error
    return journal.end("STOPPED" if cut_short else "FINISHED", **facts)


def training_data(spec: RunSpec, dataset: OpenDataset) -> TrainingData:
    train_rows, validation_rows = split(len(dataset.y_train), spec.data.validation_share, spec.training.seed)
    classes = len(dataset.description.classes)
    return TrainingData(dataset.x_train, dataset.y_train, train_rows, validation_rows, classes)


def _train(
    model: keras.Sequential, spec: RunSpec, dataset: OpenDataset, run: Run, journal: Journal
) -> tuple[dict[str, Any], bool]:
    """What came of it, and whether the user stopped it."""
    data = training_data(spec, dataset)
    steps = spec.training.epochs * steps_per_epoch(len(data.train), spec)
    journal.update(phase="training", steps=steps, epochs=spec.training.epochs)
    started = time.perf_counter()
    with StepLog(run.folder) as log:
        recorder = _Recorder(run, journal, log)
        stopped_early = train(model, data, spec, recorder)
    return {"fit_seconds": time.perf_counter() - started, "stopped_early": stopped_early}, recorder.stopped


class _Recorder:
    """Writes what the engine reports and passes the user's wish to stop back to it."""

    def __init__(self, run: Run, journal: Journal, log: StepLog) -> None:
        self._run, self._journal, self._log = run, journal, log
        self._step = 0
        self.stopped = False
        self._recent: deque[tuple[float, int]] = deque()

    def chunk(self, chunk: Chunk) -> bool:
        self._log.append(chunk.time, chunk.epoch, chunk.loss, chunk.accuracy)
        self._step += len(chunk.loss)
        rate = self._steps_per_second(float(chunk.time[-1]))
        self._journal.update(epoch=chunk.epoch, step=self._step, steps_per_second=rate)
        self.stopped = self._journal.stop_wished()
        return self.stopped

    def _steps_per_second(self, now: float) -> float | None:
        """Over the last seconds, validation in between included; compiling, which the first chunk waits for, is not."""
        self._recent.append((now, self._step))
        while len(self._recent) > 2 and now - self._recent[0][0] > RATE_SECONDS:
            self._recent.popleft()
        since, step = self._recent[0]
        return (self._step - step) / (now - since) if now > since else None

    def epoch(self, record: dict[str, float]) -> None:
        append_epoch(self._run.folder, record)


def _evaluate(model: keras.Sequential, spec: RunSpec, dataset: OpenDataset, run: Run) -> dict[str, Any]:
    """Predictions of the test set onto disk, so that a look at them needs no TensorFlow; the scores from them."""
    labels = np.asarray(dataset.y_test)
    targets: np.ndarray = labels
    if spec.data.target_encoding == "one_hot":
        targets = np.eye(len(dataset.description.classes), dtype=np.float32)[labels]
    probabilities, loss = evaluate(model, dataset.x_test, targets)
    if not np.isfinite(probabilities).all():  # the last step went too far, and no later one was there to notice
        last = run.epochs()[-1]
        raise TrainingFailed(reason="diverged", epoch=last["epoch"], step=last["steps"])
    (run.folder / "predictions").mkdir(exist_ok=True)
    for name, array in (("labels", labels), ("probabilities", probabilities)):
        write_array(run.folder / "predictions" / f"test_{name}.npy", array)
    majority_class, majority_accuracy = majority_share(dataset.y_train, labels)
    return {
        "test_loss": loss,
        "test_accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
        "majority_class": majority_class,
        "majority_accuracy": majority_accuracy,
    }


def _save(model: keras.Sequential, run: Run) -> None:
    temporary = run.folder / "model.saving.keras"
    try:
        model.save(temporary)
        write_atomically(run.model_file, temporary.read_bytes())
    finally:
        temporary.unlink(missing_ok=True)
