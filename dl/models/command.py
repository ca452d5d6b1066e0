"""The command `model`: what a file from others is, or why it is refused; looked into as on the page, and not kept."""

import json
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path

from dl.jobs.run_jobs import JobStatus, RunJobs
from dl.models.store import ForeignModel, ModelStore
from dl.runs.run import Run
from dl.workspace import Workspace

POLL_SECONDS = 0.2
PHASES = ("looking into it", "importing Keras", "loading it", "done")


def model(arguments: Namespace) -> int:
    given = Path(arguments.file).expanduser()
    with tempfile.TemporaryDirectory() as folder, given.open("rb") as content:
        workspace = Workspace(Path(folder), Workspace.from_environment(home=arguments.home).downloads)
        run = ModelStore(workspace).begin(given.name, content, "as_stored")
        status = _ended(run, workspace)
        found = ModelStore(workspace).known().get(run.id)
    if found is None:
        facts = ", ".join(f"{name}={value}" for name, value in status.facts.items())
        print(f"error: {status.code}: {facts}", file=sys.stderr)
        return 1
    print(json.dumps(_told(found), ensure_ascii=False))
    return 0


def _ended(run: Run, workspace: Workspace) -> JobStatus:
    jobs, shown = RunJobs(workspace, "model"), -1
    jobs.start(run)
    try:
        while (status := jobs.status(run)) is None or status.works:
            if status and status.done > shown:
                print(PHASES[shown := status.done], file=sys.stderr, flush=True)
            time.sleep(POLL_SECONDS)
    finally:
        jobs.stop_all()
    return status


def _told(found: ForeignModel) -> dict[str, object]:
    return found.model_dump(mode="json", exclude={"added_at"})
