"""The script of a table prepares the very same rows and network by itself, and reaches the same scores."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets import DatasetStore
from dl.datasets.importing import bring_table
from dl.datasets.tables.changes import set_missing
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.table import Table
from dl.preparation.learning import learn
from dl.runs import RunStore
from dl.specs import RunSpec, parse_spec
from dl.specs.presets import default_spec
from dl.specs.script import keras_script
from dl.workspace import Workspace

NAME = '"); import os; #'


def frame() -> pd.DataFrame:
    random = np.random.default_rng(1)
    age = np.where(random.random(500) < 0.1, -999, random.normal(40, 10, 500).round(1))
    income = np.where(random.random(500) < 0.3, np.nan, random.lognormal(10, 1, 500))
    job = random.choice(["nurse", "cook", 'it\'s "quoted"', None], 500, p=[0.5, 0.3, 0.1, 0.1])
    town = random.choice([f"town {n}" for n in range(40)], 500)
    born = pd.Series(pd.Timestamp("1970-03-01") + pd.to_timedelta(random.integers(0, 20_000, 500), unit="D"))
    score = age.clip(0) + 10 * (job == "nurse") + random.normal(0, 3, 500)
    facts = {"age": age, NAME: income, "job": job, "town": town, "born": born.mask(random.random(500) < 0.1)}
    return pd.DataFrame({**facts, "y": score, "rich": np.where(score > 45, "yes", "no")})


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """By target, each imported from a file that lies in the home."""
    home = tmp_path_factory.mktemp("home")
    made = {}
    for target, other in (("rich", "y"), ("y", "rich")):
        frame().drop(columns=other).to_csv(home / f"{target}.csv", index=False)
        request = TableRequest(id=target, name=target, source=str(home / f"{target}.csv"), target=target)
        bring_table(Workspace(home, home), request)
        made[target] = set_missing(DatasetStore(Workspace(home, home)).table(target), "c0", ["-999"])
    return made


def spec_of(table: Table, preset: str, **training: Any) -> RunSpec:
    whole = default_spec(table.description, preset).model_dump()
    return parse_spec(whole | {"training": whole["training"] | training})


def script_of(table: Table, spec: RunSpec) -> str:
    assert spec.model.columns
    return keras_script(spec, table.description, preparation=learn(table, spec.model.columns))


@pytest.mark.parametrize("target", ["rich", "y"])
@pytest.mark.parametrize("preset", ["plain", "strong"])
def test_script_prepares_the_same_arrays_and_network(
    keras: ModuleType, tables: dict[str, Table], monkeypatch: pytest.MonkeyPatch, target: str, preset: str
) -> None:
    from dl.training.build import build_model
    from dl.training.data import run_data

    made = tables[target]
    home = made.folder.parents[1]
    spec = spec_of(made, preset, seed=3)
    monkeypatch.setattr("sys.argv", ["train.py", str(home / f"{target}.csv")])
    script = script_of(made, spec)
    names: dict[str, Any] = {}
    exec(script[: script.index("# Training")], names)
    data = run_data(spec, Workspace(home, home))
    for part, rows in (("train", data.training.train), ("validation", data.training.validation)):
        for name, array in data.training.inputs.items():
            np.testing.assert_allclose(names[f"x_{part}"][name], array[rows], rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(np.ravel(names[f"y_{part}"]), data.training.labels[rows], rtol=1e-6)
    for name, array in data.test[:].items():
        np.testing.assert_allclose(names["x_test"][name], array, rtol=1e-6, atol=1e-6)
    keras.utils.set_random_seed(3)
    ours = build_model(spec.model, data.training.shape, preparation=data.training.preparation)
    weights = names["model"].get_weights()
    for weight, theirs in zip(ours.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(weight, theirs)
    inputs = {name: array[:50] for name, array in data.training.inputs.items()}
    np.testing.assert_allclose(ours.predict(inputs, verbose=0), names["model"].predict(inputs, verbose=0), atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("target", "preset"), [("rich", "strong"), ("y", "plain")])
def test_script_run_as_a_program_reaches_the_scores_of_the_run(
    keras: ModuleType, tables: dict[str, Table], tmp_path: Path, target: str, preset: str
) -> None:
    """Of the user's own file, with nothing of Livefit's at hand."""
    from dl.training.execute import execute
    from dl.training.status_writer import StatusWriter

    made = tables[target]
    home = made.folder.parents[1]
    spec = spec_of(made, preset, epochs=30)  # until the order of the rows no longer matters
    (tmp_path / "train.py").write_text(script_of(made, spec), encoding="utf-8")
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-I", "train.py", str(home / f"{target}.csv")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    found = dict(re.findall(r"test (\w+) (-?[\d.]+)", done.stdout.splitlines()[-1]))
    workspace = Workspace(home, home)
    run = RunStore(workspace.runs).create(spec, made.description)
    execute(run, workspace, StatusWriter(run))
    results = run.results()
    assert results
    if target == "rich":
        assert float(found["accuracy"]) == pytest.approx(results.scores["accuracy"], abs=0.06)
    else:
        assert float(found["rmse"]) == pytest.approx(results.scores["root_mean_squared_error"], rel=0.2)
        assert float(found["r2"]) == pytest.approx(results.scores["r2_score"], abs=0.1)
    assert (tmp_path / "model.keras").is_file()


def test_script_compiles_with_any_settings(tables: dict[str, Table]) -> None:
    for target, made in tables.items():
        for training in (
            {"optimizer": {"type": "GradientDescent"}},
            {"precision": "mixed_float16"},
            {"class_weight": "balanced"} if target == "rich" else {"loss": "huber"},
        ):
            ast.parse(script_of(made, spec_of(made, "strong", **training)))
