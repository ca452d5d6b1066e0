"""A network in every form answers as it does itself, whatever it is made of and its columns are called."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets import Dataset
from dl.datasets.tables.table import Table
from dl.errors import RunDamaged
from dl.preparation import ColumnsInput
from dl.preparation.encoding import encoded
from dl.preparation.learning import preparation_of
from dl.runs import Run, RunStore
from dl.runs.exports import Exports, export_file, read_exports
from dl.runs.results import Results, forget_results, write_results
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import Dense
from dl.specs.presets import default_spec
from dl.workspace import Workspace

ENSEMBLE = ColumnsInput(
    number_scaling="robust", number_embedding="piecewise_linear", bins=8, one_hot_levels=1, minimum_count=1, members=2
)
FORMATS = ["keras", "saved_model", "onnx", "litert"]


def finished(runs: Path, spec: RunSpec, dataset: Dataset, **arrays: np.ndarray) -> Run:
    """A run that has answered its test rows."""
    run = RunStore(runs).create(spec, dataset, claimed=True)
    (run.folder / "predictions").mkdir()
    for name, array in arrays.items():
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    write_results(run.folder, Results(scores={"loss": 0.1}))
    return run


@pytest.fixture
def pictures(keras: ModuleType, workspace: Workspace, digits: Dataset) -> Run:
    """Its network, which nobody has trained, has a gelu in it, of which tf2onnx lacks a part."""
    from dl.datasets import DatasetStore
    from dl.training.build import build_model

    spec = default_spec(digits).model_dump()
    spec["model"]["layers"][-2]["activation"] = "gelu"
    wanted = RunSpec.model_validate(spec)
    model = build_model(wanted.model, digits.shape)
    data = DatasetStore(workspace).open("digits")
    outputs = model.predict(np.asarray(data.x_test), verbose=0)
    run = finished(workspace.runs, wanted, digits, targets=np.asarray(data.y_test), outputs=outputs)
    model.save(run.model_file)
    return run


@pytest.fixture
def numbers(keras: ModuleType, table_of: Callable[..., Table], tmp_path: Path) -> Run:
    """An ensemble on columns of every kind, called as no signature of TensorFlow may be."""
    from dl.training.build import build_model
    from dl.training.columns import answering

    random = np.random.default_rng(0)
    when = pd.Series(pd.date_range("1960-01-01", periods=200, freq="97h")).mask(random.random(200) < 0.1)
    columns = {"mean size": random.normal(size=200), "颜色": random.choice(['红 "x"', "b", None], 200), "when?": when}
    table = table_of(pd.DataFrame({**columns, "y": random.normal(1000, 50, 200)}), "y", test_share=0.5)
    model = NetworkSpec(inputs=(ENSEMBLE,), layers=(Dense(units=4), Dense(units=1, activation="linear")))
    spec = default_spec(table.description).model_copy(update={"model": model})
    preparation = preparation_of(table, ENSEMBLE)
    whole = answering(build_model(spec.model, table.description.shape, preparation=preparation), preparation)
    network = next(layer for layer in whole.layers if isinstance(layer, keras.Model))
    inputs = {name: array[table.test_rows] for name, array in encoded(table, preparation).inputs.items()}
    outputs = preparation.target.in_own_unit(network.predict(inputs, verbose=0).mean(axis=1))
    targets = np.zeros(len(outputs), np.float32)
    run = finished(tmp_path / "runs", spec, table.description, rows=table.test_rows, targets=targets, outputs=outputs)
    run.preparation_file.write_text(preparation.model_dump_json())
    whole.save(run.model_file)
    return run


def exports_of(run: Run, workspace: Workspace) -> tuple[Exports, list[tuple[int, int]]]:
    from dl.training.exports import make_exports

    told: list[tuple[int, int]] = []
    make_exports(run, workspace, lambda done, total: told.append((done, total)))
    found = read_exports(run.folder)
    assert found
    return found, told


def test_pictures_are_answered_alike_in_every_form(pictures: Run, workspace: Workspace) -> None:
    found, told = exports_of(pictures, workspace)
    assert [(export.format, export.reason) for export in found.exports] == [(format, None) for format in FORMATS]
    assert all(export.rows == 100 and export.difference is not None for export in found.exports)
    assert max(export.difference or 0 for export in found.exports) < 1e-5
    assert told == [(done, 4) for done in range(5)]
    assert {path.name for path in (pictures.folder / "exports").iterdir()} == {
        "saved_model.zip",
        "model.onnx",
        "model.tflite",
    }


def test_tables_are_answered_alike_in_every_form(numbers: Run, tmp_path: Path) -> None:
    found, _ = exports_of(numbers, Workspace(tmp_path, tmp_path))
    assert [(export.format, export.reason) for export in found.exports] == [(format, None) for format in FORMATS]
    assert max(export.difference or 0 for export in found.exports) < 0.01, "of answers about 1000"


def test_what_answers_otherwise_or_cannot_be_made_is_not_offered_and_says_why(
    pictures: Run, workspace: Workspace
) -> None:
    spec = pictures.spec()
    mixed = spec.model_copy(update={"training": spec.training.model_copy(update={"precision": "mixed_float16"})})
    (pictures.folder / "spec.json").write_text(mixed.model_dump_json())
    outputs = pictures.folder / "predictions" / "test_outputs.npy"
    np.save(outputs, np.load(outputs)[::-1])
    found, _ = exports_of(pictures, workspace)
    assert [export.reason for export in found.exports] == ["wrong", "wrong", "precision", "precision"]
    assert not export_file(pictures.folder, "saved_model").exists() and not [*pictures.folder.rglob(".livefit-*")]


def test_exports_go_with_the_results_when_the_run_goes_on(pictures: Run, workspace: Workspace) -> None:
    from dl.training.exports import make_exports

    def resumed(done: int, total: int) -> Any:
        if done == 1:
            forget_results(pictures.folder)

    make_exports(pictures, workspace, resumed)
    assert read_exports(pictures.folder) is None, "it was of another network"
    with pytest.raises(RunDamaged):
        make_exports(pictures, workspace, resumed)
