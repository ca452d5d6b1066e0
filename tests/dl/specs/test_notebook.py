"""The notebook is the script in cells that Jupyter reads, and its last cell asks the network that it trained."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from dl.datasets.catalogue import BUILTINS
from dl.datasets.description import Origin
from dl.datasets.tables.splits import Split
from dl.datasets.tables.table import Table
from dl.preparation.learning import learn
from dl.specs import RunSpec
from dl.specs.notebook import ANSWERED, keras_notebook
from dl.specs.presets import default_spec
from dl.specs.script import keras_script

ONE_HOT = {"target_encoding": "one_hot"}


def spec_of(data: dict[str, Any]) -> RunSpec:
    whole = default_spec(BUILTINS["digits"]).model_dump()
    loss = {"loss": "categorical_crossentropy"} if data else {}
    return RunSpec.model_validate(
        whole | {"data": whole["data"] | data, "training": whole["training"] | {"epochs": 1} | loss}
    )


def cells_of(spec: RunSpec) -> list[Any]:
    text = keras_notebook(spec, BUILTINS["digits"], lambda part: f"## {part}\n\nwords", {}, None)
    notebook = nbformat.reads(text, 4)
    nbformat.validate(notebook)
    return list(notebook.cells)


def test_cells_together_are_the_script() -> None:
    cells = cells_of(spec_of({}))
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    script = keras_script(spec_of({}), BUILTINS["digits"])
    assert [line for line in "\n".join(code[:-1]).splitlines() if line] == [
        line for line in script.splitlines() if line
    ]
    assert [cell.source.splitlines()[0] for cell in cells if cell.cell_type == "markdown"] == [
        f"## {part}" for part in ("head", "imports", "data", "network", "training", "evaluation", "answers")
    ]


def test_notebook_trains_and_its_network_answers(
    keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    *training, asking = [cell.source for cell in cells_of(spec_of(ONE_HOT)) if cell.cell_type == "code"]
    for code in training:
        exec(code, names)
    capsys.readouterr()
    exec(asking, names)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == ANSWERED
    right = sum(line.startswith(f"true {line.partition(': ')[2].partition(',')[0]}:") for line in lines)
    assert right > 3, "of ten classes one in ten is right by chance"


def test_network_of_a_table_answers_in_the_unit_of_the_target(
    keras: ModuleType,
    table_of: Callable[..., Table],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of one that answers with the number it gets."""
    monkeypatch.chdir(tmp_path)
    size = np.arange(100.0)
    table = table_of(pd.DataFrame({"size": size, "y": 10 * size}), "y")
    brought = table.description.model_copy(update={"origin": Origin(file="made.csv"), "split": Split()})
    spec = default_spec(brought)
    assert spec.model.columns
    preparation = learn(table, spec.model.columns)
    cells = json.loads(keras_notebook(spec, brought, str, {}, preparation))["cells"]
    inputs = {"numbers": keras.Input((1,), name="numbers")}
    keras.Model(inputs, inputs["numbers"] * 1.0).save("model.keras")
    rows = np.array([[0.5], [2.0]], np.float32)
    names = {"keras": keras, "x_test": {"numbers": rows}, "y_test": rows, "mean": 500.0, "scale": 100.0}
    exec("".join(cells[-1]["source"]), names)
    assert capsys.readouterr().out.splitlines() == ["true 550: 550", "true 700: 700"]
    assert sum(cell["cell_type"] == "code" for cell in cells) == 7
