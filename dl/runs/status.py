"""The state of a run, as it was last written. Never inferred from logs; it changes by `transition` only."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.processes import HOST, Owner

State = Literal["QUEUED", "RUNNING", "PAUSED", "STOPPED", "FINISHED", "FAILED", "INTERRUPTED"]
Phase = Literal["waiting", "starting", "choosing", "training", "evaluating", "saving", "ended"]
ENDED: frozenset[State] = frozenset({"STOPPED", "FINISHED", "FAILED", "INTERRUPTED"})
RESUMABLE: frozenset[State] = frozenset({"PAUSED", "INTERRUPTED"})
UNFINISHED: frozenset[State] = RESUMABLE | {"STOPPED"}


class Fault(BaseModel):
    """Why a run failed: the code and the facts of a `dl.errors` exception."""

    model_config = ConfigDict(frozen=True)
    code: str
    facts: dict[str, Any] = {}


class Status(BaseModel):
    """Times are unix seconds; `step` counts what is done and `steps` what is planned, both with a fork's parent.

    Each time a run is taken up again is an `attempt`; `seconds_before` is what the earlier ones took. `heartbeat` says
    that the process lives, `advanced_at` when it last got further, by a step or by rows scored; None before the first.
    """

    model_config = ConfigDict(frozen=True)
    state: State
    phase: Phase = "waiting"
    queued_at: float
    attempt: int = 1
    seconds_before: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    heartbeat: float | None = None
    advanced_at: float | None = None
    host: str | None = None
    pid: int | None = None
    process_started: float | None = None
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    steps_per_second: float | None = None
    steps_per_call: int | None = None
    learning_rate: float | None = None
    fit_seconds: float | None = None
    stopped_early: bool = False
    fault: Fault | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def resumable(self) -> bool:
        return self.state in RESUMABLE

    @property
    def unfinished(self) -> bool:
        """Left before all epochs were done: it can be gone on with from its last checkpoint, if it has one."""
        return self.state in UNFINISHED

    @property
    def owner(self) -> Owner | None:
        """The process that has it in hand; None where an earlier version had not named it yet."""
        if self.pid is None or self.process_started is None:
            return None
        return Owner(self.host or HOST, self.pid, self.process_started)

    def seconds(self, now: float) -> float | None:
        """How long the run has been worked on, in all attempts; None before the first one."""
        if self.started_at is None:
            return self.seconds_before or None
        return self.seconds_before + (self.ended_at or now) - self.started_at

    def update(self, **changes: Any) -> "Status":
        return self.model_copy(update=changes)
