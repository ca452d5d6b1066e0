"""What a network takes from its columns, of one whose weights are known."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import Table
from dl.errors import RunDamaged
from dl.evaluation.regression import root_mean_squared_error
from dl.preparation.encoding import encoded
from dl.preparation.learning import preparation_of
from dl.runs import Run, RunStore
from dl.runs.importance import read_importance
from dl.runs.results import Results, forget_results, write_results
from dl.specs import NetworkSpec
from dl.specs.layers import Dense
from dl.specs.presets import default_spec
from dl.workspace import Workspace

Found = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Any) -> Workspace:
    return Workspace(tmp_path, tmp_path / "downloads")


@pytest.fixture
def run(keras: ModuleType, table_of: Callable[..., Table], home: Workspace) -> Run:
    """Its network answers 10 times the first column, standardised, and looks at no other."""
    from dl.training.build import build_model
    from dl.training.columns import answering

    random = np.random.default_rng(0)
    size, kind = random.normal(size=400), random.choice(["a", "b", None], 400)
    frame = pd.DataFrame({"size": size, "idle": random.normal(size=400), "kind": kind, "y": 10 * size + 3})
    table = table_of(frame, "y", test_share=0.5)
    spec = default_spec(table.description, "plain")
    model = NetworkSpec(inputs=spec.model.inputs, layers=(Dense(units=1, activation="linear"),))
    spec = spec.model_copy(update={"model": model})
    assert model.columns
    preparation = preparation_of(table, model.columns)
    network = build_model(model, table.description.shape, preparation=preparation)
    (kernel, bias) = network.layers[-1].get_weights()
    kernel[:] = 0
    kernel[0] = 1
    network.layers[-1].set_weights([kernel, bias])
    run = RunStore(home.runs).create(spec, table.description, claimed=True)
    answering(network, preparation).save(run.model_file)
    run.preparation_file.write_text(preparation.model_dump_json())
    inputs = {name: array[table.test_rows] for name, array in encoded(table, preparation).inputs.items()}
    outputs = preparation.target.in_own_unit(network.predict(inputs, verbose=0))
    (run.folder / "predictions").mkdir()
    targets = frame["y"].to_numpy(np.float32)[table.test_rows]
    for name, array in {"rows": table.test_rows, "targets": targets, "outputs": outputs}.items():
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    write_results(run.folder, Results(scores={"loss": 0.1}))
    return run


def ask(run: Run, home: Workspace) -> list[tuple[int, int]]:
    from dl.training.importance import find_importance

    told: list[tuple[int, int]] = []
    find_importance(run, home, lambda done, total: told.append((done, total)))
    return told


def test_columns_are_worth_what_the_network_takes_from_them(
    run: Run, home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dl.training import importance

    monkeypatch.setattr(importance, "BLOCK", 64)
    told = ask(run, home)
    assert told[0] == (0, 0) and told[-1] == (15, 15)
    found, answers = read_importance(run.folder), run.predictions()
    assert found and answers and (found.metric, found.rows) == ("root_mean_squared_error", 200)
    assert found.score == pytest.approx(root_mean_squared_error(answers.targets, answers.outputs[:, 0]), abs=1e-4)
    worth = {column.column: column.drop for column in found.columns}
    assert found.columns[0].column == "c0" and worth["c0"] > 5
    assert worth["c1"] == worth["c2"] == 0


def test_of_many_rows_some_are_drawn(run: Run, home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from dl.training import importance

    monkeypatch.setattr(importance, "MOST_VALUES", 3)
    monkeypatch.setattr(importance, "FEWEST_ROWS", 50)
    ask(run, home)
    found = read_importance(run.folder)
    assert found and found.rows == 50


def test_nothing_is_kept_of_a_run_that_has_gone_on_meanwhile(run: Run, home: Workspace) -> None:
    forget_results(run.folder)
    ask(run, home)
    assert read_importance(run.folder) is None


def test_run_whose_network_is_gone_is_refused(run: Run, home: Workspace) -> None:
    run.model_file.unlink()
    with pytest.raises(RunDamaged):
        ask(run, home)
