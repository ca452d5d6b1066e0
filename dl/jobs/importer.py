"""One import in a process of its own: `python -m dl.jobs.importer ID`. It ends when its stdin closes.

What is built in is known by its id; of a table of one's own, the request that lies beside the status says all. Of what
has only arrived, the file is fetched, so that it can be looked at.
"""

import contextlib
import os
import signal
import sys
import threading
import traceback

from dl.datasets.archives import Progress
from dl.datasets.store import DatasetStore
from dl.datasets.tables.arrivals import fetch_arrival
from dl.datasets.tables.request import is_arrival
from dl.errors import LivefitError
from dl.jobs.imports import ImportStatus, interrupted, read_request, sweep_import, write_status
from dl.workspace import Workspace

BEAT_SECONDS = 0.2
# How long the import may take to notice that it should end; after that it is stuck in a read of the network.
GRACE_SECONDS = 2


class Stopped(Exception):
    """Nobody waits for this import any more."""


class Importer:
    def __init__(self, workspace: Workspace, dataset_id: str) -> None:
        self.workspace = workspace
        self.dataset_id = dataset_id
        self.progress = Progress("download", 0, None)
        self.stopping = threading.Event()
        self.ended = threading.Event()
        self.heart = threading.Thread(target=self.beat, daemon=True)

    def run(self) -> ImportStatus:
        """The import's last word, which is also written for the server to read."""
        self.heart.start()
        threading.Thread(target=self.watch_stdin, daemon=True).start()
        status = self.outcome()
        self.finish(status)
        return status

    def outcome(self) -> ImportStatus:
        try:
            self.bring()
        except Stopped:
            return interrupted(self.dataset_id)
        except LivefitError as error:
            return self.status("failed", code=error.code, facts=error.facts)
        except Exception:
            facts = {"dataset": self.dataset_id, "detail": traceback.format_exc()}
            return self.status("failed", code="import_crashed", facts=facts)
        return self.status("done")

    def bring(self) -> None:
        if is_arrival(self.dataset_id):
            fetch_arrival(self.workspace, self.dataset_id, self.report)
            return
        store, request = DatasetStore(self.workspace), read_request(self.workspace, self.dataset_id)
        if request and not store.is_here(self.dataset_id):
            store.bring_table(request, self.report)
        else:
            store.bring(self.dataset_id, self.report)

    def report(self, progress: Progress) -> None:
        if self.stopping.is_set():
            raise Stopped
        self.progress = progress

    def status(self, state: str, **error: object) -> ImportStatus:
        progress = self.progress
        fields = {"phase": progress.phase, "done": progress.done, "total": progress.total}
        return ImportStatus.model_validate({"dataset": self.dataset_id, "state": state, **fields, **error})

    def beat(self) -> None:
        while not self.ended.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):  # a full disk ends the import itself, with its own words
                write_status(self.workspace, self.status("running"))

    def finish(self, status: ImportStatus) -> None:
        self.ended.set()
        self.heart.join()
        write_status(self.workspace, status)

    def watch_stdin(self) -> None:
        # os.read, because a thread blocked inside sys.stdin makes the interpreter abort when it ends.
        while os.read(0, 4096):
            pass
        self.stopping.set()
        if not self.ended.wait(GRACE_SECONDS):
            sweep_import(self.workspace, own=True)
            self.finish(interrupted(self.dataset_id))
            os._exit(1)


def main() -> int:
    importer = Importer(Workspace.from_environment(), sys.argv[1])
    for request in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request, lambda *_: importer.stopping.set())
    return 0 if importer.run().state == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
