"""The answers of a run to the rows of a table, streamed."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dl.datasets import Dataset
from dl.datasets.columns import Number
from dl.runs import Run, RunStore
from dl.specs.presets import default_spec
from dl.workspace import Workspace


@pytest.fixture
def run(workspace: Workspace) -> Run:
    folder = workspace.datasets / "made"
    folder.mkdir()
    pq.write_table(pa.table({"c0": [1.0, 2.0, 3.0], "c1": [5.0, 6.0, 7.0], "line": [2, 3, 5]}), folder / "rows.parquet")
    columns = (Number(name="=size", field="c0"), Number(name="y", field="c1", role="target"))
    facts: Any = {"id": "made", "name": "made", "source": "", "licence": "", "fingerprint": "f"}
    dataset = Dataset(columns=columns, rows={"train": 1, "test": 2}, **facts)  # type: ignore[arg-type]
    (folder / "dataset.json").write_text(dataset.model_dump_json())
    run = RunStore(workspace.runs).create(default_spec(dataset, "plain"), dataset, claimed=True)
    (run.folder / "predictions").mkdir()
    for name, values in {"rows": [0, 2], "targets": [5.0, 7.0], "outputs": [[5.5], [6.0]]}.items():
        np.save(run.folder / "predictions" / f"test_{name}.npy", np.array(values))
    return run


def test_predictions_are_streamed_as_a_file_with_the_rows_own_columns(served: Any, run: Run) -> None:
    answer = served.ask(f"/base/api/runs/{run.id}/predictions.csv")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="livefit-{run.id}-predictions.csv"'
    lines = answer.read().decode("utf-8-sig").splitlines()
    assert lines == ["line,true,predicted,error,'=size", "2,5.0,5.5,0.5,1.0", "5,7.0,6.0,-1.0,3.0"]


@pytest.mark.parametrize(("path", "status"), [("runs/99", 404), ("runs/..%2F1", 404)])
def test_run_that_is_not_there_is_refused(path: str, status: int, served: Any) -> None:
    assert served.ask(f"/base/api/{path}/predictions.csv").status == status


def test_run_without_predictions_is_refused_with_a_reason(served: Any, run: Run) -> None:
    (run.folder / "predictions" / "test_outputs.npy").unlink()
    status, reason = served.json(f"/base/api/runs/{run.id}/predictions.csv")
    assert (status, reason["error"], reason["file"]) == (422, "run_damaged", "predictions")


def test_other_origins_are_refused(served: Any, run: Run) -> None:
    assert served.ask(f"/base/api/runs/{run.id}/predictions.csv", Origin="http://evil.example").status == 403
