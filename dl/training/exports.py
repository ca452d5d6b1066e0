"""A run's network in every form that users take away, each asked for test rows before it is offered."""

import traceback
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dl.datasets import DatasetStore
from dl.datasets.opening import DESCRIPTION
from dl.datasets.tables.table import Table
from dl.errors import DatasetDamaged, RunDamaged
from dl.files import replace, stamp, temporary
from dl.preparation import Preparation
from dl.preparation.encoding import encoded
from dl.runs.exports import FOLDER, PREPARED, Export, Exports, Format, export_file, write_exports
from dl.runs.run import Predictions, Run
from dl.runs.table_behind import table_behind
from dl.training import export_formats as formats
from dl.training.columns import averaged
from dl.training.raw_rows import raw_rows
from dl.workspace import Workspace

CHECKED = 100  # test rows that each form is asked for
FARTHEST = 1e-3  # of the greatest answer: what differs by more is another network
Progress = Callable[[int, int], None]
Write = Callable[[keras.Model, Path], None]
WRITERS: dict[Format, Write] = {
    "saved_model": formats.write_saved_model,
    "onnx": formats.write_onnx,
    "litert": formats.write_litert,
}
READERS: dict[Format, Callable[[Path, formats.Rows], formats.Answers]] = {
    "keras": formats.ask_keras,
    "saved_model": formats.ask_saved_model,
    "onnx": formats.ask_onnx,
    "litert": formats.ask_litert,
}


def make_exports(run: Run, workspace: Workspace, progress: Progress) -> None:
    """Written beside the results, unless the run has gone on meanwhile. What cannot be exported says so in its place.

    Raises LivefitError where the network or the test rows are not here, and what `progress` raises.
    """
    model = stamp(run.model_file)
    predictions = run.predictions()
    if model is None or predictions is None or run.results() is None:
        raise RunDamaged(run=run.id, file=run.model_file.name)
    exporting = Exporting(run, workspace, predictions)
    (run.folder / FOLDER).mkdir(exist_ok=True)
    made = []
    for place, format in enumerate(READERS):
        progress(place, len(READERS))
        made.append(exporting.made(format))
    if stamp(run.model_file) == model and run.results():
        write_exports(run.folder, Exports(exports=tuple(made)))
    progress(len(READERS), len(READERS))


class Exporting:
    """One run's network, and some of its test rows with what it has answered to them."""

    def __init__(self, run: Run, workspace: Workspace, predictions: Predictions) -> None:
        self._run, self._store = run, DatasetStore(workspace)
        self._preparation = run.preparation()
        self._model = keras.models.load_model(run.model_file, compile=False)
        self._places = np.unique(np.linspace(0, len(predictions.targets) - 1, CHECKED, dtype=np.int64))
        self._answers = predictions.outputs[self._places]
        self._rows = None if predictions.rows is None else predictions.rows[self._places]
        self._raw, self._encoded = self._test_rows()

    def made(self, format: Format) -> Export:
        if format in PREPARED and self._run.spec().training.precision != "float32":
            return Export(format=format, reason="precision")
        try:
            return self._checked(format)
        except Exception:  # a library's fault with one form is no reason to have none
            traceback.print_exc()  # into the log
            return Export(format=format, reason="failed")

    def _checked(self, format: Format) -> Export:
        if format not in WRITERS:
            return self._compared(format, self._run.model_file)
        path = export_file(self._run.folder, format)
        with temporary(self._run.folder / path.name) as folder:  # an exporter insists on the ending of the name
            folder.mkdir()
            making = folder / path.name
            WRITERS[format](self._network if format in PREPARED else self._model, making)
            export = self._compared(format, making)
            if export.reason is None:
                replace(making, path)
        return export

    def _compared(self, format: Format, path: Path) -> Export:
        answers = READERS[format](path, self._encoded if format in PREPARED else self._raw)
        difference = float(np.abs(answers.astype(np.float64) - self._answers).max())
        if not difference <= FARTHEST * float(np.abs(self._answers).max()):
            return Export(format=format, difference=difference, reason="wrong")
        return Export(format=format, bytes=path.stat().st_size, rows=len(self._places), difference=difference)

    def _test_rows(self) -> tuple[formats.Rows, formats.Rows]:
        """Raw, and as they enter the network itself."""
        if self._preparation is None or self._rows is None:
            pictures = {"picture": tf.constant(self._pictures(), tf.float32)}
            return pictures, pictures
        table = table_behind(self._run, self._store)
        return raw_rows(table, self._preparation, self._rows), _encoded(table, self._preparation, self._rows)

    def _pictures(self) -> np.ndarray:
        wanted, here = self._run.dataset(), self._store.open(self._run.dataset().id)
        if here.description.fingerprint != wanted.fingerprint:
            raise DatasetDamaged(dataset=wanted.id, file=DESCRIPTION)
        return np.asarray(here.x_test[self._places])

    @cached_property
    def _network(self) -> keras.Model:
        """Of a table, what stands behind the preparation; it answers in the target's own unit all the same."""
        if self._preparation is None:
            return self._model
        network = next(layer for layer in self._model.layers if isinstance(layer, keras.Model))
        inputs = {
            name: keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name) for name, tensor in network.input.items()
        }
        answers, target = averaged(network(inputs)), self._preparation.target
        model = keras.Model(inputs, answers if target.levels else answers * target.scale + target.mean)
        model(dict(self._encoded))  # Keras exports only what was called once
        return model


def _encoded(table: Table, preparation: Preparation, rows: np.ndarray) -> formats.Rows:
    return {name: tf.constant(array[rows]) for name, array in encoded(table, preparation).inputs.items()}
