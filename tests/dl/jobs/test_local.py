"""A child process as a job: in a session of its own, with its workspace in its environment and all it says kept."""

import os
import sys
from pathlib import Path

import pytest

from dl.jobs.local import LocalExecutor
from dl.workspace import Workspace

TELLS = """\
import os, sys
print(os.environ["LIVEFIT_HOME"], os.environ["LIVEFIT_DOWNLOADS"], *sys.argv[1:])
print("a fault", file=sys.stderr)
for line in sys.stdin:
    print("heard", line.strip())
"""


def test_job_finds_its_workspace_and_what_it_prints_is_in_its_log(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "some_work.py").write_text(TELLS)
    log = tmp_path / "logs" / "log"  # in a folder that is not there yet
    job = LocalExecutor(workspace).start("some_work", "first", "second", log=log)
    if sys.platform != "win32":
        assert os.getsid(job.owner.pid) == job.owner.pid, "Ctrl-C reaches the server only"
    job.tell("数字")
    job.stop(patience=20)
    place = f"{workspace.home} {workspace.downloads}"
    assert log.read_text(encoding="utf-8").splitlines() == [f"{place} first second", "a fault", "heard 数字"]
    with pytest.raises(ValueError):
        job.tell("more")
