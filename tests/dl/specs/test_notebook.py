"""The notebook is the script in cells that Jupyter reads, and its last cell asks the network that it trained."""

from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from dl.datasets.catalogue import BUILTINS
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


@pytest.mark.parametrize("data", [{}, ONE_HOT], ids=["integers", "one-hot"])
def test_notebook_trains_and_its_network_answers(
    keras: ModuleType,
    data: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    *training, asking = [cell.source for cell in cells_of(spec_of(data)) if cell.cell_type == "code"]
    for code in training:
        exec(code, names)
    capsys.readouterr()
    exec(asking, names)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == ANSWERED
    right = sum(line.startswith(f"true {line.partition(': ')[2].partition(',')[0]}:") for line in lines)
    assert right > 3, "of ten classes one in ten is right by chance"
