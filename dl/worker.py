"""The worker's main: `python -m dl.worker` imports TensorFlow, waits for one run on stdin, trains it and exits.

Lines on stdin: the folder of the run, once. When stdin closes, the server is gone: the run saves a checkpoint, is
INTERRUPTED and the process ends, so no orphan is ever left. Lines on stdout before the run begins: `ready`.
"""

import errno
import os
import queue
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path

from dl.errors import LivefitError, SpecError
from dl.runs.launcher import DISK_FULL_EXIT, LEAVING_SECONDS
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.training.journal import Journal
from dl.workspace import Workspace

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class Orders:
    """Reads stdin on a thread of its own, so that its end is noticed whatever the main thread is doing."""

    def __init__(self) -> None:
        self._runs: queue.Queue[str] = queue.Queue()
        self._journal: Journal | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def next_run(self) -> Run:
        return Run(Path(self._runs.get()))

    def guard(self, journal: Journal) -> None:
        self._journal = journal

    def _listen(self) -> None:
        for line in sys.stdin:
            self._runs.put(line.rstrip("\n"))
        try:
            if self._journal:
                self._journal.leaving.set()
                time.sleep(LEAVING_SECONDS)  # the run saves itself and ends the process before that
                self._journal.end("INTERRUPTED", Fault(code="server_gone"))
        finally:
            os._exit(0)


def fault_of(error: BaseException) -> Fault:
    """The facts of an expected exception; of an unexpected one its type and text, for the log has the rest."""
    if isinstance(error, SpecError):
        return Fault(code="spec", facts={"problems": [{"code": p.code, "facts": p.facts} for p in error.problems]})
    if isinstance(error, LivefitError):
        return Fault(code=error.code, facts=error.facts)
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return Fault(code="disk_full")
    if isinstance(error, MemoryError):
        return Fault(code="training_failed", facts={"reason": "out_of_memory"})
    return Fault(code="unexpected", facts={"type": type(error).__name__, "text": str(error)[:300]})


def train_run(run: Run, workspace: Workspace, journal: Journal) -> Status:
    """Execute the run; any exception becomes FAILED with its facts, and its traceback goes into the log.

    A full disk only interrupts: once there is space again, the run can go on.
    """
    try:
        from dl.training.execute import execute

        return execute(run, workspace, journal)
    except Exception as error:
        with suppress(OSError):  # the log may be on the disk that is full
            traceback.print_exc()
        fault = fault_of(error)
        return journal.end("INTERRUPTED" if fault.code == "disk_full" else "FAILED", fault)


def _log_to(run: Run) -> None:
    """Everything that is printed from now on, by C++ too, lands in the run's log."""
    log = os.open(run.folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)


def main() -> None:
    orders = Orders()
    if hasattr(os, "nice"):
        os.nice(5)  # the pages stay quick while training takes what is left of the processor
    from dl.training.imports import import_keras

    import_keras()  # the slow import is the point: a warm worker has it behind it
    from dl.training.compiled import keep_compiled
    from dl.training.warmup import warm_up

    workspace = Workspace.from_environment()
    keep_compiled(workspace.home)
    warm_up()
    with suppress(OSError):  # on a full disk the run waits until there is space again, and so does this worker
        print("ready", flush=True)
    run = orders.next_run()
    try:
        _log_to(run)
        journal = Journal(run)
        orders.guard(journal)
        train_run(run, workspace, journal)
    except OSError as error:  # so full that not even the status could be written
        if error.errno not in DISK_FULL:
            raise
        os._exit(DISK_FULL_EXIT)


if __name__ == "__main__":
    main()
