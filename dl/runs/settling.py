"""What becomes of a run whose process has ended, or has to: words that the process itself could not write."""

import time

from dl.errors import RunDamaged
from dl.runs.launcher import DISK_FULL_EXIT, Worker
from dl.runs.run import Run
from dl.runs.status import Fault, State, Status, is_alive

COMPILING_GRACES = 5
LEFT_BY_SERVER = {"server_gone", "worker_gone"}  # whose runs the next server goes on with


def settle(run: Run) -> bool:
    """Write down what a dead server could not, and queue again what it left, in the old order; False: not dead yet.

    A run that a dead process had claimed waits again. One that was to pause is paused.
    """
    status = written_status(run)
    if status is None:
        return True
    if status.state == "QUEUED":
        run.release_claim_of_the_dead()
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
    run.release_claim()


def written_status(run: Run) -> Status | None:
    try:
        return run.written_status()
    except RunDamaged:
        return None


def enforce_stop(worker: Worker, grace: float) -> None:
    """Kill a worker that does not answer a wish to stop: only ours, and only when it has not advanced for so long.

    A run that goes through recorded steps once more, after a crash, stops when it has caught up. One that has not come
    to its first step may be compiling, of which nothing can be seen.
    """
    assert worker.run
    asked, now = worker.run.requested_at("stop"), time.time()
    if asked is None:
        return
    status = worker.run.written_status()
    patience = COMPILING_GRACES * grace if status.advanced_at is None else grace
    worker.advanced_at = max(worker.advanced_at, status.advanced_at or 0.0)
    if status.ended or now - max(asked, worker.advanced_at) <= patience:
        return
    worker.kill()
    status = worker.run.written_status()
    if not status.ended:
        worker.run.write_status(status.update(state="STOPPED", phase="ended", ended_at=time.time()))
