"""The last word of the process that asks a network what its columns are worth."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dl.errors import RunDamaged
from dl.files import read_model
from dl.jobs.importances import STATUS, ImportanceStatus
from dl.jobs.lifeline import Lifeline, Stopped
from dl.runs import Run
from dl.workspace import Workspace


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (None, "done", None),
        (Stopped(), "failed", "importance_interrupted"),
        (RunDamaged(run="1", file="model.keras"), "failed", "run_damaged"),
        (ValueError("odd"), "failed", "importance_crashed"),
    ],
)
def test_last_word_says_how_it_ended(
    keras: ModuleType, error: Any, state: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dl.training import importance
    from dl.training.importance_job import ImportanceJob

    def find(run: Run, workspace: Workspace, progress: Any) -> None:
        progress(2, 5)
        if error:
            raise error

    monkeypatch.setattr(importance, "find_importance", find)
    monkeypatch.setattr(Lifeline, "_watch_stdin", lambda line: None)  # that of the tests has ended
    run = Run(tmp_path)
    status = ImportanceJob(run, Workspace(tmp_path, tmp_path)).work()
    assert (status.state, status.code) == (state, code)
    assert read_model(run.folder / STATUS, ImportanceStatus) == status
    assert state == "failed" or (status.done, status.total) == (2, 5)
