"""The answers of a run as CSV: with the columns of its rows as long as the table is here, harmless in a spreadsheet."""

import io
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets import DatasetStore
from dl.datasets.tables.table import Table
from dl.errors import RunDamaged
from dl.evaluation import rows as module
from dl.runs import Run, RunStore
from dl.runs.answer_table import MARK, answer_table
from dl.specs.presets import default_spec
from dl.workspace import Workspace

FRAME = pd.DataFrame(
    {"size": np.arange(8.0), "place": ["=1+1", "b"] * 4, "kind": ["no", "yes"] * 4, "y": np.arange(8.0)}
)


@pytest.fixture
def store(tmp_path: Any) -> DatasetStore:
    return DatasetStore(Workspace(tmp_path, tmp_path / "downloads"))


@pytest.fixture
def answered(store: DatasetStore) -> Callable[..., Run]:
    """A run on a table that answers its test rows with these outputs."""

    def make(table: Table, targets: np.ndarray, outputs: np.ndarray) -> Run:
        spec = default_spec(table.description, "plain")
        run = RunStore(store.workspace.runs).create(spec, table.description, claimed=True)
        (run.folder / "predictions").mkdir()
        for name, array in {"rows": table.test_rows, "targets": targets, "outputs": outputs}.items():
            np.save(run.folder / "predictions" / f"test_{name}.npy", array)
        return run

    return make


def read(run: Run, store: DatasetStore) -> pd.DataFrame:
    text = "".join(answer_table(run, store))
    assert text.startswith(MARK)
    return pd.read_csv(io.StringIO(text.removeprefix(MARK)))


def test_rows_come_with_their_answer_and_their_own_columns(
    answered: Callable[..., Run],
    table_of: Callable[..., Table],
    store: DatasetStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BLOCK", 3)
    table = table_of(FRAME.drop(columns="y"), "kind", test_share=0.5)
    targets = table.test_rows % 2
    found = read(answered(table, targets, np.tile(np.float32([0.25, 0.75]), (4, 1))), store)
    names = ["line", "true", "predicted", "confidence", "probability no", "probability yes", "size", "place"]
    assert found.columns.tolist() == names
    assert found["line"].tolist() == (table.test_rows + 2).tolist() and found["size"].tolist() == [*table.test_rows]
    assert found["true"].tolist() == [("no", "yes")[target] for target in targets]
    assert set(found["predicted"]) == {"yes"} and set(found["place"]) <= {"'=1+1", "b"}


def test_numbers_stay_without_the_columns_when_the_table_is_gone(
    answered: Callable[..., Run], table_of: Callable[..., Table], store: DatasetStore
) -> None:
    table = table_of(FRAME[["size", "y"]], "y")
    run = answered(table, np.float32([1, 2]), np.float32([[1.5], [1]]))
    shutil.rmtree(table.folder)
    found = read(run, store)
    assert found.to_dict("list") == {"true": [1, 2], "predicted": [1.5, 1], "error": [0.5, -1]}


def test_run_without_answers_is_refused_before_a_line_is_written(
    answered: Callable[..., Run], table_of: Callable[..., Table], store: DatasetStore
) -> None:
    run = answered(table_of(FRAME[["size", "y"]], "y"), np.zeros(2), np.zeros((2, 1)))
    shutil.rmtree(run.folder / "predictions")
    with pytest.raises(RunDamaged):
        answer_table(run, store)
