"""Whether the process that has a run in hand still lives, and what a reader sees of the run if it does not."""

import psutil

from dl.runs.status import Fault, Status
from dl.runs.transitions import transition

STALE_SECONDS = 60.0


def as_seen(status: Status, now: float) -> Status:
    """RUNNING without a living process or with a stale heartbeat reads as INTERRUPTED."""
    if status.state != "RUNNING":
        return status
    fresh = status.heartbeat is None or now - status.heartbeat < STALE_SECONDS
    if fresh and is_alive(status.pid, status.process_started):
        return status
    return transition(status, "interrupted", now, ended_at=status.heartbeat, fault=Fault(code="worker_gone"))


def is_alive(pid: int | None, process_started: float | None) -> bool:
    """Whether that very process lives: a pid alone may have been given to another one since."""
    if pid is None:
        return True  # not written yet: the supervisor has only just handed the run over
    try:
        process = psutil.Process(pid)
        same = process_started is None or abs(process.create_time() - process_started) < 2
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
