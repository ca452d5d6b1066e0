"""Whether the process that has a run in hand still lives, and what a reader sees of the run if it does not."""

from dl.processes import is_alive
from dl.runs.status import Fault, Status
from dl.runs.transitions import transition

STALE_SECONDS = 60.0


def as_seen(status: Status, now: float) -> Status:
    """RUNNING without a living process or with a stale heartbeat reads as INTERRUPTED."""
    if status.state != "RUNNING":
        return status
    fresh = status.heartbeat is None or now - status.heartbeat < STALE_SECONDS
    if fresh and is_alive(status.pid, status.process_started, status.host):
        return status
    return transition(status, "interrupted", now, ended_at=status.heartbeat, fault=Fault(code="worker_gone"))
