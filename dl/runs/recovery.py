"""What becomes of a run whose process has ended, or has to: words that the process itself could not write."""

import time

from dl.processes import DISK_FULL_EXIT
from dl.runs.results import write_results
from dl.runs.run import Run, as_seen
from dl.runs.status import Fault, Status
from dl.runs.transitions import transition

LEFT_BY_SERVER = {"server_gone", "worker_gone"}  # whose runs the next server goes on with


def recover(run: Run) -> bool:
    """Write down what a dead server could not, and queue again what it left, in the old order; False: not dead yet.

    One that was to pause is paused.
    """
    status = run.written_status_or_none()
    if status is None:
        return True
    now = time.time()
    seen = as_seen(status, now)
    if can_go_on(run, seen) and seen.fault is not None and seen.fault.code in LEFT_BY_SERVER:
        if run.requested_at("pause") is not None and run.requested_at("stop") is None:
            run.write_status(transition(seen, "paused", now, ended_at=seen.ended_at))
        else:
            queue_again(run, seen, seen.queued_at)
        return True
    return status.state != "RUNNING"


def queue_again(run: Run, status: Status, queued_at: float) -> None:
    """For its next attempt; what it came to in the last one stays until that begins."""
    if results := run.results():
        write_results(run.folder, results)  # those of an old run stand in the status, which now forgets them
    run.write_status(transition(status, "resumed", queued_at))


def is_at_work(run: Run) -> bool:
    """Whether a process has it in hand, or will have: one that only seems dead, since it slept for long, has too."""
    status = run.written_status_or_none()
    return status is not None and (status.state == "QUEUED" or _lives(status))


def can_go_on(run: Run, seen: Status) -> bool:
    """A run that only seems interrupted, since its process slept for long, must not be trained twice."""
    return is_left(run, seen) and not _lives(run.written_status())


def _lives(written: Status) -> bool:
    """As far as it can be known; of another machine only the heartbeat is heard."""
    if written.owner is None or not written.owner.is_here:
        return as_seen(written, time.time()).state == "RUNNING"
    return written.state == "RUNNING" and written.owner.lives


def is_left(run: Run, seen: Status) -> bool:
    """Before all its epochs were done; a run that was stopped while it waited has nothing to go on from."""
    return seen.resumable or (seen.unfinished and bool(run.checkpoints.list()))


def died(status: Status, exit_code: int | None) -> Status:
    """A signal (negative exit code) interrupts a run; a worker that ends by itself without a last word has failed."""
    now, facts = time.time(), {"exit_code": exit_code}
    if exit_code == DISK_FULL_EXIT:
        return transition(status, "interrupted", now, fault=Fault(code="disk_full"))
    if exit_code is not None and exit_code < 0:
        return transition(status, "interrupted", now, fault=Fault(code="worker_killed", facts=facts))
    return transition(status, "failed", now, fault=Fault(code="worker_died", facts=facts))


def write_stopped(run: Run) -> None:
    """Of one whose process was killed since it did not answer a stop; a last word that it had just written stays."""
    status = run.written_status()
    if status.state == "RUNNING":
        run.write_status(transition(status, "stopped", time.time()))
