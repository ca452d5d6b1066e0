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
    table, task = DatasetStore(workspace).table("diabetes"), task_of(dataset)
    query = f"SELECT {dataset.target.field} FROM {table.relation()} ORDER BY row"
    values = table.connect().execute(query).fetchnumpy()[dataset.target.field].astype(np.float32)
    train, test = values[table.train_rows], values[table.test_rows]
    run = RunStore(workspace.runs).create(default_spec(dataset), dataset, claimed=True)
    outputs = np.full((len(test), 1), train.mean(), np.float32)
    (run.folder / "predictions").mkdir()
    for name, array in (("labels", test), ("probabilities", outputs)):
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    scores = {"loss": 1.0, "mean_absolute_error": mean_absolute_error(test, outputs[:, 0])}
    write_results(run.folder, Results(scores=scores, baseline=task.baseline(train, test)))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))
    return run


@pytest.mark.parametrize("page", ["home", "train", "evaluate"])
def test_page_opens_on_a_run_that_predicts_numbers(page: str, open_app: OpenPage, regression: Run) -> None:
    app = open_app(page, run=regression.id)
    assert not app.exception and not app.error


def test_scores_of_numbers_are_shown_without_the_rows_that_an_older_run_has_not_kept(
    open_app: OpenPage, regression: Run
) -> None:
    app = open_app("evaluate", run=regression.id)
    assert [score.label for score in app.metric] == ["R²", "RMSE", "MAE"] and len(app.get("plotly_chart")) == 2
    assert "has not kept which rows" in app.info[0].value
