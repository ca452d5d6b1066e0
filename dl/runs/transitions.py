"""The life of a run as one pure table: what each event makes of each state. Reading and writing stand around it."""

from typing import Any, Literal

from dl.runs.status import State, Status

Ending = Literal["paused", "stopped", "finished", "failed", "interrupted"]
Event = Literal["handed_over", "begun", "given_back", "resumed", Ending]

LIFE: dict[Event, dict[State, State]] = {  # a pair that is not here is impossible
    "handed_over": {"QUEUED": "RUNNING"},
    "begun": {"QUEUED": "RUNNING", "RUNNING": "RUNNING"},
    "given_back": {"RUNNING": "QUEUED"},
    "paused": {"QUEUED": "PAUSED", "RUNNING": "PAUSED", "INTERRUPTED": "PAUSED"},
    "stopped": {"QUEUED": "STOPPED", "RUNNING": "STOPPED"},
    "finished": {"RUNNING": "FINISHED"},
    "failed": {"RUNNING": "FAILED"},
    "interrupted": {"RUNNING": "INTERRUPTED"},
    "resumed": {"PAUSED": "QUEUED", "STOPPED": "QUEUED", "INTERRUPTED": "QUEUED"},
}
OF_AN_ATTEMPT = ("started_at", "ended_at", "heartbeat", "advanced_at", "host", "pid", "process_started", "fault")


class ImpossibleTransition(ValueError):
    """Somebody has not looked at the state before."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"a run that is {state} cannot be {event}")


def transition(status: Status, event: Event, now: float, **facts: Any) -> Status:
    """The status after the event; `facts` are the fields that come with it. Raises ImpossibleTransition."""
    if status.state not in LIFE[event]:
        raise ImpossibleTransition(status.state, event)
    return status.update(state=LIFE[event][status.state], **_changes(status, event, now) | facts)


def _changes(status: Status, event: Event, now: float) -> dict[str, Any]:
    match event:
        case "handed_over":
            return {"phase": "starting"}
        case "begun":
            return {"phase": "starting", "started_at": now, "fit_seconds": None}
        case "given_back":
            return {"phase": "waiting", "host": None, "pid": None, "process_started": None}
        case "resumed":
            worked = status.seconds(status.heartbeat or now) or 0.0
            waits = {"phase": "waiting", "queued_at": now, "attempt": status.attempt + 1, "seconds_before": worked}
            return waits | dict.fromkeys(OF_AN_ATTEMPT)
    return {"phase": "ended", "ended_at": now, "fault": None}
