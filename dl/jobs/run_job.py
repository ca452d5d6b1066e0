"""The process of a job on a run, `python -m <its module> FOLDER`: it ends when its stdin closes."""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from dl.errors import LivefitError
from dl.jobs.lifeline import Lifeline, Stopped
from dl.jobs.run_jobs import JobStatus, Kind, ended_badly, write_status
from dl.processes import step_back
from dl.runs.run import Run
from dl.workspace import Workspace

Report = Callable[[int, int], None]  # parts done, and all parts
Work = Callable[[Run, Workspace, Report], None]


class RunJob:
    def __init__(self, kind: Kind, work: Work, run: Run, workspace: Workspace) -> None:
        self.kind, self.run, self.workspace, self._work = kind, run, workspace, work
        self.done = self.total = 0
        self.lifeline = Lifeline(lambda: write_status(run, kind, self.status("running")))

    def work(self) -> JobStatus:
        """The job's last word, which is also written for the server to read."""
        with self.lifeline:
            status = self.outcome()
        write_status(self.run, self.kind, status)
        return status

    def outcome(self) -> JobStatus:
        try:
            self._work(self.run, self.workspace, self.report)
        except Stopped:
            return ended_badly(self.run, self.kind, "interrupted")
        except LivefitError as error:
            return self.status("failed", code=error.code, facts=error.facts)
        except Exception:
            traceback.print_exc()  # into the log
            return ended_badly(self.run, self.kind, "crashed")
        return self.status("done")

    def report(self, done: int, total: int) -> None:
        self.lifeline.demand()
        self.done, self.total = done, total

    def status(self, state: str, **error: object) -> JobStatus:
        return JobStatus.model_validate({"state": state, "done": self.done, "total": self.total, **error})


def serve(kind: Kind, work: Work) -> None:
    """The whole of such a process."""
    step_back()  # the pages stay quick
    job = RunJob(kind, work, Run(Path(sys.argv[1])), Workspace.from_environment())
    sys.exit(0 if job.work().state == "done" else 1)
