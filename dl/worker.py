"""The worker's main: `python -m dl.worker` imports TensorFlow, waits for one run on stdin, trains it and exits.

Lines on stdin: any number of specifications (JSON) of which the last may soon be trained, so that its network is
built and compiled meanwhile; then the folder of the run, once. When stdin closes, the server is gone: the run saves a
checkpoint, is INTERRUPTED and the process ends, so no orphan is ever left. Lines on stdout before the run begins:
`ready`.
"""

import errno
import gc
import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dl.errors import LivefitError, SpecError
from dl.processes import DISK_FULL_EXIT, LEAVING_SECONDS, leave, step_back
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.specs import RunSpec, parse_spec
from dl.training.status_writer import StatusWriter
from dl.workspace import Workspace

if TYPE_CHECKING:
    from dl.training.build import Network

Order = Run | RunSpec
DEBOUNCE_SECONDS = 0.5  # a specification that is still being changed is not prepared
PREPARATIONS = 8  # of a worker; XLA gives nothing back of the 50 MB that it takes for one
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class Orders:
    """Reads stdin on a thread of its own, so that its end is noticed whatever the main thread is doing.

    Only the last line counts: a newer specification takes the place of the one before it, and a run that of both.
    """

    def __init__(self) -> None:
        self._line, self._lock, self.arrived = "", threading.Lock(), threading.Event()
        self.writer: StatusWriter | None = None  # of the run that is being trained
        threading.Thread(target=self._listen, daemon=True).start()

    def take(self) -> Order:
        self.arrived.wait()
        with self._lock:
            self.arrived.clear()
            return _order(self._line)

    def waiting(self) -> Order | None:
        """The one that would be taken next; it stays."""
        return _order(self._line) if self.arrived.is_set() else None

    def _listen(self) -> None:
        for line in sys.stdin:
            with self._lock:
                self._line = line.rstrip("\n")
                self.arrived.set()
        try:
            if self.writer:
                self.writer.leaving.set()
                time.sleep(LEAVING_SECONDS)  # the run saves itself and ends the process before that
                self.writer.end("interrupted", Fault(code="server_gone"))
        finally:
            os._exit(0)


def _order(line: str) -> Order:
    return parse_spec(line) if line.startswith("{") else Run(Path(line))


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


def train_run(run: Run, workspace: Workspace, writer: StatusWriter, prepared: "Network | None" = None) -> Status:
    """Execute the run; any exception becomes FAILED with its facts, and its traceback goes into the log.

    A full disk only interrupts: once there is space again, the run can go on.
    """
    try:
        from dl.training.execute import execute

        return execute(run, workspace, writer, prepared)
    except Exception as error:
        with suppress(OSError):  # the log may be on the disk that is full
            traceback.print_exc()
        fault = fault_of(error)
        return writer.end("interrupted" if fault.code == "disk_full" else "failed", fault)


def _log_to(run: Run) -> None:
    """Everything that is printed from now on, by C++ too, lands in the run's log."""
    log = os.open(run.folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)


def next_run(orders: Orders, workspace: Workspace) -> "tuple[Run, Network | None]":
    """The run to train, and its network if there was time to prepare it."""
    network, left = None, PREPARATIONS
    while isinstance(order := orders.take(), RunSpec):
        network = None
        gc.collect()  # before there are two: models and what was traced of them point at each other
        if left and not orders.arrived.wait(DEBOUNCE_SECONDS):
            network, left = _prepared(order, orders, workspace), left - 1
    return order, network


def _prepared(spec: RunSpec, orders: Orders, workspace: Workspace) -> "Network | None":
    """None if a run came that it would keep waiting, or if anything went wrong: that is for the run to say."""
    from dl.training.execute import prepare

    def hurried(pays: bool) -> bool:
        order = orders.waiting()
        return order is not None and not (pays and isinstance(order, Run) and _is_of(order, spec))

    try:
        return prepare(spec, workspace, hurried)
    except Exception as error:
        print(f"not prepared: {type(error).__name__}: {error}", flush=True)
        return None


def _is_of(run: Run, spec: RunSpec) -> bool:
    wanted = run.spec()
    unpinned = wanted.data.model_copy(update={"fingerprint": spec.data.fingerprint})
    return wanted.model_copy(update={"data": unpinned}) == spec


def _make_light(run: Run, workspace: Workspace) -> None:
    """While the result is looked at, so that the network can be tried at once. Without it, a page asks for it again."""
    from dl.training.light import make_light

    try:
        make_light(run, workspace)
    except Exception:
        traceback.print_exc()


def main() -> None:
    orders = Orders()
    step_back()  # the pages stay quick while training takes what is left of the processor
    from dl.training.fast import import_keras

    import_keras()  # the slow import is the point: a warm worker has it behind it
    from dl.training.execute import warm_up
    from dl.training.fast.compiled import keep_compiled

    workspace = Workspace.from_environment()
    keep_compiled(workspace.home)
    try:
        warm_up(workspace)
    except Exception:  # what is wrong here is wrong with the run too, if at all, and said there
        traceback.print_exc()
    with suppress(OSError):  # on a full disk the run waits until there is space again, and so does this worker
        print("ready", flush=True)
    run, network = next_run(orders, workspace)
    try:
        _log_to(run)
        orders.writer = StatusWriter(run)
        status = train_run(run, workspace, orders.writer, network)
        if status.state in ("FINISHED", "STOPPED") and run.model_file.exists():
            _make_light(run, workspace)
    except OSError as error:  # so full that not even the status could be written
        if error.errno not in DISK_FULL:
            raise
        os._exit(DISK_FULL_EXIT)


if __name__ == "__main__":
    main()
    leave(0)
