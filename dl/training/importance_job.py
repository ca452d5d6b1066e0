"""What a run's network takes from each column, in a process of its own: `python -m dl.training.importance_job FOLDER`.

It ends when its stdin closes.
"""

import os
import sys
import traceback
from pathlib import Path

from dl.errors import LivefitError
from dl.jobs.importances import ImportanceStatus, interrupted, write_status
from dl.jobs.lifeline import Lifeline, Stopped
from dl.runs.run import Run
from dl.workspace import Workspace


class ImportanceJob:
    def __init__(self, run: Run, workspace: Workspace) -> None:
        self.run, self.workspace = run, workspace
        self.done = self.total = 0
        self.lifeline = Lifeline(lambda: write_status(run, self.status("running")))

    def work(self) -> ImportanceStatus:
        """The job's last word, which is also written for the server to read."""
        with self.lifeline:
            status = self.outcome()
        write_status(self.run, status)
        return status

    def outcome(self) -> ImportanceStatus:
        try:
            from dl.training.importance import find_importance  # TensorFlow takes seconds, and somebody looks already

            if hasattr(os, "nice"):
                os.nice(5)  # the pages stay quick
            find_importance(self.run, self.workspace, self.report)
        except Stopped:
            return interrupted(self.run)
        except LivefitError as error:
            return self.status("failed", code=error.code, facts=error.facts)
        except Exception:
            traceback.print_exc()  # into the log
            return self.status("failed", code="importance_crashed", facts={"run": self.run.id})
        return self.status("done")

    def report(self, done: int, total: int) -> None:
        self.lifeline.demand()
        self.done, self.total = done, total

    def status(self, state: str, **error: object) -> ImportanceStatus:
        return ImportanceStatus.model_validate({"state": state, "done": self.done, "total": self.total, **error})


def main() -> int:
    job = ImportanceJob(Run(Path(sys.argv[1])), Workspace.from_environment())
    return 0 if job.work().state == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
