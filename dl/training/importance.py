"""What a run's network takes from each column of its table: asked again and again, with one column shuffled."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dl.datasets import DatasetStore
from dl.datasets.tables.table import Table
from dl.errors import RunDamaged
from dl.evaluation.importance import Columns, Progress, permutation_importance, scored_by
from dl.evaluation.slices import LOWER_IS_BETTER, scores_of
from dl.files import stamp
from dl.preparation import Preparation
from dl.preparation.encoding import encoded
from dl.runs.importance import write_importance
from dl.runs.run import Run
from dl.runs.table_behind import table_behind
from dl.tasks import task_of
from dl.training.columns import averaged
from dl.workspace import Workspace

MOST_ROWS = 20_000
MOST_VALUES = 2_000_000  # rows × columns that the network is asked at once
FEWEST_ROWS = 1_000
BLOCK = 4_096
Network = Callable[[Mapping[str, tf.Tensor]], tf.Tensor]


def find_importance(run: Run, workspace: Workspace, progress: Progress) -> None:
    """On some of the test rows where they are many; written beside the results, unless the run has gone on meanwhile.

    Raises LivefitError, and what `progress` raises.
    """
    model = stamp(run.model_file)
    predictions, preparation, dataset = run.predictions(), run.preparation(), run.dataset()
    if model is None or predictions is None or predictions.rows is None or preparation is None:
        raise RunDamaged(run=run.id, file=run.model_file.name)
    progress(0, 0)
    places = _sample(len(predictions.targets), len(preparation.fields))
    network = Shuffling(run, table_behind(run, DatasetStore(workspace)), preparation, predictions.rows[places])
    task, targets = task_of(dataset), predictions.targets[places]
    metric, scores = scored_by(task, targets), scores_of(task)
    found = permutation_importance(
        network,
        dict.fromkeys(network.columns, np.arange(len(places), dtype=np.int32)),
        targets,
        lambda targets, outputs: scores(targets, outputs)[metric].value,
        metric,
        greater_is_better=metric not in LOWER_IS_BETTER,
        progress=progress,
    )
    if stamp(run.model_file) == model and run.results():
        write_importance(run.folder, found)


def _sample(rows: int, columns: int) -> NDArray[np.int64]:
    most = max(min(MOST_ROWS, MOST_VALUES // columns), FEWEST_ROWS)
    chosen = np.random.default_rng(0).permutation(rows)[:most] if rows > most else np.arange(rows)
    return np.sort(chosen)


class Shuffling:
    """A network that answers to rows whose columns may come each from another row: `columns` are the fields of those.

    It takes for each field the places (rows,) that its values are to come from, and answers with (rows, outputs).
    """

    def __init__(self, run: Run, table: Table, preparation: Preparation, rows: NDArray[np.int64]) -> None:
        self._preparation = preparation
        self._inputs = {name: array[rows] for name, array in encoded(table, preparation).inputs.items()}
        self._fields = {
            "numbers": [number.field for number in preparation.numbers],
            "categories": [category.field for category in preparation.categories],
        }
        self._network = _network(run)
        self.columns = [field for field, _ in preparation.fields]

    def __call__(self, places: Columns) -> NDArray[Any]:
        rows = len(next(iter(places.values())))
        blocks = [self._answers(places, slice(start, start + BLOCK)) for start in range(0, rows, BLOCK)]
        outputs = np.concatenate(blocks).astype(np.float32)
        target = self._preparation.target
        return outputs if target.levels else target.in_own_unit(outputs)

    def _answers(self, places: Columns, block: slice) -> NDArray[np.float32]:
        inputs = {
            name: np.column_stack([array[places[field][block], at] for at, field in enumerate(self._fields[name])])
            for name, array in self._inputs.items()
        }
        return np.asarray(self._network({name: tf.constant(array) for name, array in inputs.items()}))


def _network(run: Run) -> Network:
    """The network itself, without what prepares raw columns for it."""
    whole = keras.models.load_model(run.model_file, compile=False)
    network = next(layer for layer in whole.layers if isinstance(layer, keras.Model))

    @tf.function(reduce_retracing=True)
    def answers(block: Mapping[str, tf.Tensor]) -> tf.Tensor:
        return averaged(network(block, training=False))

    return answers
