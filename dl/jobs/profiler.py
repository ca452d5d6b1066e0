"""One table profiled in a process of its own: `python -m dl.jobs.profiler FOLDER`. It ends when its stdin closes."""

import sys
import traceback
from pathlib import Path

from dl.datasets.opening import read_description
from dl.datasets.tables.table import Table
from dl.errors import LivefitError
from dl.jobs.lifeline import Lifeline, Stopped
from dl.jobs.profiling import ProfilingStatus, interrupted, write_status
from dl.profiles.kept import kept_profiles
from dl.profiles.profiling import RowsRead


class Profiler:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = RowsRead(0, 0)
        self.lifeline = Lifeline(lambda: write_status(folder, self.status("running")))

    def run(self) -> ProfilingStatus:
        """The job's last word, which is also written for the server to read."""
        with self.lifeline:
            status = self.outcome()
        write_status(self.folder, status)
        return status

    def outcome(self) -> ProfilingStatus:
        try:
            for _ in kept_profiles(Table(self.folder, read_description(self.folder)), self.report):
                pass
        except Stopped:
            return interrupted(self.folder)
        except LivefitError as error:
            return self.status("failed", code=error.code, facts=error.facts)
        except Exception:
            return self.status(
                "failed", code="profile_crashed", facts={"dataset": self.folder.name, "detail": traceback.format_exc()}
            )
        return self.status("done")

    def report(self, rows: RowsRead) -> None:
        self.lifeline.demand()
        self.rows = rows

    def status(self, state: str, **error: object) -> ProfilingStatus:
        return ProfilingStatus.model_validate(
            {"state": state, "done": self.rows.done, "total": self.rows.total, **error}
        )


def main() -> int:
    return 0 if Profiler(Path(sys.argv[1])).run().state == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
