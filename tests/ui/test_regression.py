"""A run that predicts numbers, made on the command line: the pages show what they can and say what they cannot."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets import DatasetStore
from dl.evaluation.regression import mean_absolute_error
from dl.runs import Run, RunStore
from dl.runs.results import Results, write_results
from dl.specs.presets import default_spec
from dl.tasks import task_of
from dl.workspace import Workspace

OpenPage = Callable[..., AppTest]


@pytest.fixture
def regression(workspace: Workspace) -> Run:
    """As the command line leaves it, trained to guess the mean."""
    dataset = DatasetStore(workspace).bring("diabetes")
    data, task = DatasetStore(workspace).open("diabetes"), task_of(dataset)
    run = RunStore(workspace.runs).create(default_spec(dataset), dataset, claimed=True)
    outputs = np.full((len(data.y_test), 1), data.y_train.mean(), np.float32)
    (run.folder / "predictions").mkdir()
    for name, array in (("labels", data.y_test), ("probabilities", outputs)):
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    scores = {"loss": 1.0, "mean_absolute_error": mean_absolute_error(data.y_test, outputs[:, 0])}
    write_results(run.folder, Results(scores=scores, baseline=task.baseline(data.y_train, data.y_test)))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))
    return run


@pytest.mark.parametrize("page", ["home", "train", "evaluate"])
def test_page_opens_on_a_run_that_predicts_numbers(page: str, open_app: OpenPage, regression: Run) -> None:
    app = open_app(page, run=regression.id)
    assert not app.exception and not app.error


def test_evaluation_of_numbers_is_said_to_be_on_the_command_line(open_app: OpenPage, regression: Run) -> None:
    assert "python -m dl evaluate" in open_app("evaluate", run=regression.id).info[0].value


@pytest.mark.parametrize("page", ["explore", "configure"])
def test_table_is_on_no_page_yet(page: str, open_app: OpenPage) -> None:
    app = open_app(page, dataset="diabetes")
    assert not app.exception and len(app.error) == 1
    assert all("diabetes" not in str(element.options) for element in app.selectbox)
