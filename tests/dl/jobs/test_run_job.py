"""The last word of the process that does something for a run."""

from pathlib import Path
from typing import Any

import pytest

from dl.errors import RunDamaged
from dl.files import read_model
from dl.jobs.lifeline import Lifeline, Stopped
from dl.jobs.run_job import RunJob
from dl.jobs.run_jobs import JobStatus, status_file
from dl.runs import Run
from dl.workspace import Workspace


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (None, "done", None),
        (Stopped(), "failed", "job_interrupted"),
        (RunDamaged(run="1", file="model.keras"), "failed", "run_damaged"),
        (ValueError("odd"), "failed", "job_crashed"),
    ],
)
def test_last_word_says_how_it_ended(
    error: Any, state: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(run: Run, workspace: Workspace, progress: Any) -> None:
        progress(2, 5)
        if error:
            raise error

    monkeypatch.setattr(Lifeline, "_watch_stdin", lambda line: None)  # that of the tests has ended
    run = Run(tmp_path)
    status = RunJob("importance", find, run, Workspace(tmp_path, tmp_path)).work()
    assert (status.state, status.code) == (state, code)
    assert read_model(status_file(run, "importance"), JobStatus) == status
    assert state == "failed" or (status.done, status.total) == (2, 5)
