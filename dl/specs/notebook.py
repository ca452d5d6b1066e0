"""The Keras script of a run as a Jupyter notebook: the same program in cells, and a last one that uses what it made."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from dl.datasets import Dataset
from dl.preparation import Preparation
from dl.specs.run import RunSpec
from dl.specs.script import script_parts

OF_PICTURES = ("imports", "data", "network", "training", "evaluation")
OF_TABLES = ("imports", "data", "preparation", "network", "training", "evaluation")
ANSWERED = 10  # test rows
Words = Callable[[str], str]


def keras_notebook(
    spec: RunSpec, dataset: Dataset, words: Words, changes: Mapping[int, float], preparation: Preparation | None
) -> str:
    """nbformat 4 as JSON. `words` gives the Markdown above a part, by its name; above all, "head"."""
    parts = script_parts(spec, dataset, changes, preparation)
    names = OF_TABLES if preparation else OF_PICTURES
    cells = [_text(words("head"))]
    for name, code in zip(names, parts, strict=True):
        cells += [_text(words(name)), _code(code)]
    cells += [_text(words("answers")), _code(_answering(spec, dataset))]
    return json.dumps(_notebook(cells), ensure_ascii=False, indent=1)


def _answering(spec: RunSpec, dataset: Dataset) -> str:
    """Test rows as they were prepared for the training, so that truth and answer stand side by side."""
    rows = f"x_test[:{ANSWERED}]"
    if spec.model.columns:
        rows = f"{{name: values[:{ANSWERED}] for name, values in x_test.items()}}"
    lines = [
        'trained = keras.models.load_model("model.keras", compile=False)',
        f"answers = trained.predict({rows}, verbose=0)",
    ]
    return "\n".join([*lines, *(_classes(spec, dataset) if dataset.classes else _numbers())])


def _classes(spec: RunSpec, dataset: Dataset) -> list[str]:
    known = [] if spec.model.columns else [f"classes = {list(dataset.classes)!r}"]
    truth = "truth.argmax()" if spec.data.target_encoding == "one_hot" else "truth"
    return [
        *known,
        "for answer, truth in zip(answers, y_test):",
        f'    print(f"true {{classes[{truth}]}}: {{classes[answer.argmax()]}}, {{answer.max():.1%}}")',
    ]


def _numbers() -> list[str]:
    return [
        "for answer, truth in zip(answers, y_test):",
        '    print(f"true {truth[0] * scale + mean:.4g}: {answer[0] * scale + mean:.4g}")',
    ]


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    named = [cell | {"id": f"cell-{place}"} for place, cell in enumerate(cells)]
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": named}


def _text(markdown: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(markdown)}


def _code(source: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": _lines(source.strip("\n"))}
    return cell | {"execution_count": None, "outputs": []}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
