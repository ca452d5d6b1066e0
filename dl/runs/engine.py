"""How the steps of a run are computed, as it is kept with the run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Compiler = Literal["graph", "xla"]


class Engine(BaseModel):
    """A resumed run keeps it, since compilers differ in the last bits of their results.

    `reason`: measured now, remembered from an earlier run of the same network, known of such networks without a trial,
    too short a training for a trial to pay, or a network that XLA fails on. Seconds are per step: of a trial, and of
    Keras's `fit` where it was measured on this machine. `parts` says where the seconds of the training went, once it
    has ended.
    """

    model_config = ConfigDict(frozen=True)
    compiler: Compiler
    reason: Literal["measured", "remembered", "known", "too_short", "not_compilable"]
    graph_seconds: float | None = None
    xla_seconds: float | None = None
    fit_seconds: float | None = None
    choice_seconds: float = 0.0
    parts: dict[str, float] = {}
