"""One table profiled in a process of its own: `python -m dl.jobs.profiler FOLDER`. It ends when its stdin closes."""

import os
import sys
import threading
import traceback
from pathlib import Path

from dl.datasets.opening import read_description
from dl.datasets.tables.table import Table
from dl.errors import LivefitError
from dl.jobs.profiling import ProfilingStatus, interrupted, write_status
from dl.profiles.kept import kept_profiles
from dl.profiles.profiling import RowsRead

BEAT_SECONDS = 0.2


class Stopped(Exception):
    """Nobody waits for this profile any more."""


class Profiler:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = RowsRead(0, 0)
        self.stopping, self.ended = threading.Event(), threading.Event()
        self.heart = threading.Thread(target=self.beat, daemon=True)

    def run(self) -> ProfilingStatus:
        """The job's last word, which is also written for the server to read."""
        self.heart.start()
        threading.Thread(target=self.watch_stdin, daemon=True).start()
        status = self.outcome()
        self.ended.set()
        self.heart.join()
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
        if self.stopping.is_set():
            raise Stopped
        self.rows = rows

    def status(self, state: str, **error: object) -> ProfilingStatus:
        return ProfilingStatus.model_validate(
            {"state": state, "done": self.rows.done, "total": self.rows.total, **error}
        )

    def beat(self) -> None:
        while not self.ended.wait(BEAT_SECONDS):
            write_status(self.folder, self.status("running"))

    def watch_stdin(self) -> None:
        # os.read, because a thread blocked inside sys.stdin makes the interpreter abort when it ends.
        while os.read(0, 4096):
            pass
        self.stopping.set()


def main() -> int:
    return 0 if Profiler(Path(sys.argv[1])).run().state == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
