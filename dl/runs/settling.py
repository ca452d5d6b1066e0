"""What becomes of a run whose process has ended, or has to: words that the process itself could not write."""

import time

from dl.errors import RunDamaged
from dl.leaving import DISK_FULL_EXIT
from dl.processes import is_alive, is_elsewhere
from dl.runs.run import Run
from dl.runs.status import Fault, State, Status

LEFT_BY_SERVER = {"server_gone", "worker_gone"}  # whose runs the next server goes on with


def settle(run: Run) -> bool:
    """Write down what a dead server could not, and queue again what it left, in the old order; False: not dead yet.

    One that was to pause is paused.
    """
    status = written_status(run)
    if status is None:
        return True
    seen = status.as_seen(time.time())
    if can_go_on(run, seen) and seen.fault is not None and seen.fault.code in LEFT_BY_SERVER:
        if run.requested_at("pause") is not None and run.requested_at("stop") is None:
            run.write_status(seen.update(state="PAUSED", fault=None))
        else:
            run.write_status(seen.again(seen.queued_at))
        return True
    return status.state != "RUNNING"


def is_at_work(run: Run) -> bool:
    """Whether a process has it in hand, or will have: one that only seems dead, since it slept for long, has too."""
    status = written_status(run)
    if status is None:
        return False
    return status.state == "QUEUED" or _lives(status)


def can_go_on(run: Run, seen: Status) -> bool:
    """A run that only seems interrupted, since its process slept for long, must not be trained twice."""
    return is_left(run, seen) and not _lives(run.written_status())


def _lives(written: Status) -> bool:
    """As far as it can be known; of another machine only the heartbeat is heard."""
    if is_elsewhere(written.host):
        return written.as_seen(time.time()).state == "RUNNING"
    return written.state == "RUNNING" and is_alive(written.pid, written.process_started)


def is_left(run: Run, seen: Status) -> bool:
    """Before all its epochs were done; a run that was stopped while it waited has nothing to go on from."""
    return seen.resumable or (seen.unfinished and bool(run.checkpoints.list()))


def died(status: Status, exit_code: int | None) -> Status:
    """A signal (negative exit code) interrupts a run; a worker that ends by itself without a last word has failed."""
    state: State = "INTERRUPTED"
    if exit_code == DISK_FULL_EXIT:
        fault = Fault(code="disk_full")
    elif exit_code is not None and exit_code < 0:
        fault = Fault(code="worker_killed", facts={"exit_code": exit_code})
    else:
        state, fault = "FAILED", Fault(code="worker_died", facts={"exit_code": exit_code})
    return status.update(state=state, phase="ended", ended_at=time.time(), fault=fault)


def give_back(run: Run, status: Status) -> None:
    """Into its old place in the queue: its worker died before it began, so that nothing of this attempt is lost."""
    run.write_status(status.update(state="QUEUED", phase="waiting", pid=None, process_started=None))


def written_status(run: Run) -> Status | None:
    try:
        return run.written_status()
    except RunDamaged:
        return None
