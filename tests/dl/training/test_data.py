"""What a run is trained and tested on."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from dl.datasets import split
from dl.datasets.tables.table import Table
from dl.errors import DatasetDamaged
from dl.runs import RunStore
from dl.specs.presets import default_spec
from dl.workspace import Workspace


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    frame = pd.DataFrame({"a": np.arange(200.0), "b": list("wxyz") * 50, "y": np.arange(200.0) % 7})
    return table_of(frame, "y")


def test_some_rows_of_arrays_are_read_slice_by_slice(keras: ModuleType) -> None:
    from dl.training.data import Picked

    picked = Picked({"numbers": np.arange(10)[:, np.newaxis]}, np.array([7, 2, 5]))
    assert len(picked) == 3
    np.testing.assert_array_equal(picked[1:]["numbers"], [[2], [5]])


def test_table_is_split_by_row_numbers_and_its_target_standardised(
    keras: ModuleType, table: Table, tmp_path: Path
) -> None:
    from dl.training.data import run_data

    spec, workspace = default_spec(table.description), Workspace(tmp_path, tmp_path)
    data = run_data(spec, workspace)
    train, validation = split(150, 0.1, 0)
    np.testing.assert_array_equal(data.training.train, table.train_rows[train])
    np.testing.assert_array_equal(data.training.validation, table.train_rows[validation])
    np.testing.assert_array_equal(data.test_rows, table.test_rows)
    np.testing.assert_array_equal(data.test_targets, table.test_rows % 7)
    labels = data.training.labels[table.train_rows]
    assert labels.dtype == np.float32 and abs(labels.mean()) < 1e-6 and labels.std() == pytest.approx(1, abs=1e-6)
    assert data.training.shape == (1, 4)


def test_rows_without_a_target_are_neither_learnt_from_nor_tested_on(
    keras: ModuleType, table_of: Callable[..., Table], tmp_path: Path
) -> None:
    from dl.training.data import run_data

    rows = np.arange(200)
    for name, target in {"numbers": rows * 1.0, "classes": np.array(list("wxyz") * 50, object)}.items():
        frame = pd.DataFrame({"a": rows * 1.0, "y": target})
        table = table_of(frame.assign(y=frame["y"].where(rows % 3 != 0)), "y", name=name)
        data = run_data(default_spec(table.description), Workspace(tmp_path, tmp_path))
        assert data.test_rows is not None
        parts = (data.training.train, data.training.validation, data.test_rows)
        np.testing.assert_array_equal(np.sort(np.concatenate(parts)), rows[rows % 3 != 0])
        assert len(data.test_targets) == len(data.test_rows)


def test_run_is_prepared_once_whatever_becomes_of_the_columns(keras: ModuleType, table: Table, tmp_path: Path) -> None:
    """Another role of a column, said later, is for later runs."""
    from dl.training.data import run_data

    spec, workspace = default_spec(table.description), Workspace(tmp_path, tmp_path)
    run = RunStore(workspace.runs).create(spec, table.description)
    before = run_data(run.spec(), workspace, run)
    ignored = table.description.columns[0].model_copy(update={"role": "ignored"})
    changed = table.description.model_copy(update={"columns": (ignored, *table.description.columns[1:])})
    (table.folder / "dataset.json").write_text(changed.model_dump_json())
    again = run_data(run.spec(), workspace, run)
    assert again.training.preparation == before.training.preparation == run.preparation()
    assert set(run_data(spec, workspace).training.inputs) == {"categories"}


def test_table_that_became_another_is_refused(keras: ModuleType, table: Table, tmp_path: Path) -> None:
    from dl.training.data import run_data

    spec = default_spec(table.description)
    other = spec.model_copy(update={"data": spec.data.model_copy(update={"fingerprint": "1" * 64})})
    with pytest.raises(DatasetDamaged):
        run_data(other, Workspace(tmp_path, tmp_path))
