"""How the steps of a run are computed, as it is kept with the run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Compiler = Literal["graph", "xla"]


class Engine(BaseModel):
    """A resumed run keeps it, since compilers differ in the last bits of their results.

    `reason`: measured now, remembered from an earlier run of the same network, too short a training for a trial to
    pay, or an operation that XLA cannot compile. Seconds are per step: of a trial, and of Keras's `fit` where it was
    measured on this machine.
    """

    model_config = ConfigDict(frozen=True)
    compiler: Compiler
    reason: Literal["measured", "remembered", "too_short", "not_compilable"]
    graph_seconds: float | None = None
    xla_seconds: float | None = None
    fit_seconds: float | None = None
    choice_seconds: float = 0.0
