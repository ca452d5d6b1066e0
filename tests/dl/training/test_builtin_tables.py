"""The model that is saved of a built-in table takes the columns as whoever has that table knows them."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn.datasets

from dl.datasets import DatasetStore
from dl.runs import RunStore
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace

SHIPPED: dict[str, tuple[str, dict[str, Any]]] = {  # those that need no network: preset, and how they are asked for
    "iris": ("plain", {}),
    "wine": ("strong", {}),
    "breast_cancer": ("plain", {}),
    "diabetes": ("strong", {"scaled": False}),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = tmp_path_factory.mktemp("home")
    return Workspace(home, home / "downloads")


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_saved_model_answers_on_the_columns_of_the_package(name: str, keras: ModuleType, workspace: Workspace) -> None:
    """Read here by other means than the import's, and not in the order of the columns there."""
    from dl.training.execute import execute
    from dl.training.status_writer import StatusWriter

    preset, options = SHIPPED[name]
    known = getattr(sklearn.datasets, f"load_{name}")(as_frame=True, **options)
    dataset = DatasetStore(workspace).bring(name)
    spec = default_spec(dataset, preset).model_dump()
    spec["training"] |= {"epochs": 2, "learning_rate_schedule": None}
    run = RunStore(workspace.runs).create(RunSpec.model_validate(spec), dataset)
    execute(run, workspace, StatusWriter(run))
    predictions, results = run.predictions(), run.results()
    assert predictions and results
    rows: pd.DataFrame = known.data.iloc[predictions.rows, ::-1]
    answers = keras.models.load_model(Path(run.model_file)).predict(
        {str(column): values.to_numpy() for column, values in rows.items()}, verbose=0
    )
    np.testing.assert_allclose(answers, predictions.outputs, rtol=1e-4, atol=1e-5)
    true = known.target.iloc[predictions.rows].to_numpy()
    if dataset.classes:
        named = np.array(dataset.classes)[answers.argmax(axis=1)]
        right = float((named == np.asarray(known.target_names)[true]).mean())
        assert right == pytest.approx(results.scores["accuracy"])
    else:
        error = float(np.sqrt(((answers[:, 0] - true) ** 2).mean()))
        assert error == pytest.approx(results.scores["root_mean_squared_error"], rel=1e-4)
