"""What a run is trained and tested on: pictures as they are stored, or a table as it was prepared for the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dl.datasets import Dataset, DatasetStore, OpenDataset, split
from dl.datasets.tables.table import Table
from dl.errors import DatasetDamaged, SpecError
from dl.files import write_model
from dl.preparation import Preparation
from dl.preparation.encoding import Encoded, encoded
from dl.preparation.learning import preparation_of
from dl.runs.run import Run
from dl.specs import RunSpec
from dl.specs.checks import check
from dl.tasks import task_of
from dl.training.step import TrainingData
from dl.workspace import Workspace


@dataclass(frozen=True)
class Picked:
    """Some rows of arrays that lie elsewhere: a slice of it reads the arrays."""

    arrays: Mapping[str, np.ndarray]
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> dict[str, np.ndarray]:
        return {name: array[self.rows[part]] for name, array in self.arrays.items()}


@dataclass(frozen=True)
class RunData:
    """All targets are in their own unit; of a table `test_rows` are the numbers of the rows.

    `train_targets` are of all that are not for the test, `validation_targets` of those among them that are held out.
    """

    training: TrainingData
    train_targets: np.ndarray
    validation_targets: np.ndarray
    test: np.ndarray | Picked
    test_targets: np.ndarray
    test_rows: np.ndarray | None = None


def run_data(
    spec: RunSpec, workspace: Workspace, run: Run | None = None, advanced: Callable[[], None] = lambda: None
) -> RunData:
    """Of a run that has begun, as it was prepared then. `advanced` is called after every block that is encoded.

    Raises LivefitError where they are not the data of the specification, or it cannot be trained on them.
    """
    store = DatasetStore(workspace)
    known = run.dataset() if run else store.imported(spec.data.dataset)
    if problems := check(spec, known):
        raise SpecError(problems)
    if known.picture:
        return _of_pictures(spec, opened(spec, store))
    here = store.imported(spec.data.dataset)
    _demand_same(spec, here)
    table = Table(workspace.datasets / here.id, known)
    return _of_table(spec, table, _prepared(spec, table, run), advanced)


def opened(spec: RunSpec, store: DatasetStore) -> OpenDataset:
    dataset = store.open(spec.data.dataset)
    _demand_same(spec, dataset.description)
    return dataset


def _demand_same(spec: RunSpec, here: Dataset) -> None:
    if spec.data.fingerprint not in (None, here.fingerprint):
        raise DatasetDamaged(dataset=here.id, file="dataset.json")


def training_data(spec: RunSpec, dataset: OpenDataset) -> TrainingData:
    train_rows, validation_rows = split(len(dataset.y_train), spec.data.validation_share, spec.training.seed)
    inputs = {"picture": dataset.x_train}
    return TrainingData(inputs, dataset.y_train, train_rows, validation_rows, task_of(dataset.description))


def _of_pictures(spec: RunSpec, dataset: OpenDataset) -> RunData:
    training, targets = training_data(spec, dataset), dataset.y_train
    return RunData(training, targets, targets[training.validation], dataset.x_test, np.asarray(dataset.y_test))


def _prepared(spec: RunSpec, table: Table, run: Run | None) -> Preparation:
    """A run keeps it: it is resumed as it began, and its model and its script tell the same."""
    if run and (kept := run.preparation()):
        return kept
    assert spec.model.columns, "as was checked"
    preparation = preparation_of(table, spec.model.columns)
    if run:
        write_model(run.preparation_file, preparation)
    return preparation


def _of_table(spec: RunSpec, table: Table, preparation: Preparation, advanced: Callable[[], None]) -> RunData:
    """Rows without a target are neither learnt from nor tested on."""
    made = encoded(table, preparation, lambda done, rows: advanced())
    known, test = made.labelled(table.train_rows), made.labelled(table.test_rows)
    if not len(known) or not len(test):
        raise DatasetDamaged(dataset=table.description.id, file="rows.parquet")
    train, validation = split(len(known), spec.data.validation_share, spec.training.seed)
    data = TrainingData(
        made.inputs, _labels(made), known[train], known[validation], task_of(table.description), preparation
    )
    targets = made.targets[known]
    return RunData(
        data, targets, targets[validation], Picked(made.inputs, test), _in_own_dtype(made.targets[test]), test
    )


def _labels(made: Encoded) -> np.ndarray:
    """As they are learnt."""
    return made.targets if made.preparation.target.levels else made.preparation.target.standardised(made.targets)


def _in_own_dtype(targets: np.ndarray) -> Any:
    return targets.astype(np.float32) if targets.dtype.kind == "f" else targets
