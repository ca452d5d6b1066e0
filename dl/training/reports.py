"""What passes between the engine and who records it: steps made, wishes, and how far the training is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from dl.runs.checkpoints import Snapshot
from dl.runs.weights import LayerPicture


@dataclass(frozen=True)
class Chunk:
    """Steps that have just been made: `time` (steps,), `scores` (metrics, steps); `first` counts the steps before."""

    epoch: int
    first: int
    time: np.ndarray
    scores: np.ndarray
    learning_rate: float


@dataclass(frozen=True)
class Wishes:
    """What is wanted after a chunk; a new `learning_rate` holds from the next step on."""

    stop: bool = False
    pause: bool = False
    learning_rate: float | None = None


NO_WISHES = Wishes()


class Recorder(Protocol):
    """Who is told what happened and knows what is wanted next. `keep` and `show` may take what they are offered."""

    def chunk(self, chunk: Chunk) -> Wishes: ...
    def epoch(self, record: dict[str, float]) -> None: ...
    def rate_lowered(self, step: int, learning_rate: float) -> None: ...
    def keep(self, position: "Position", snapshot: Callable[[], Snapshot], at_once: bool) -> None: ...
    def show(self, step: int, weights: Callable[[], Sequence[LayerPicture]], at_once: bool) -> None: ...


@dataclass
class Position:
    """How far the training is: whole epochs done, and within the next one its steps, rows and sums over the rows of
    each metric, the loss first.

    `seconds` is how long it took so far.
    """

    step: int = 0
    epoch: int = 0
    steps: int = 0
    rows: int = 0
    sums: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def saved(cls, facts: dict[str, Any]) -> "Position":
        """As a checkpoint has it; before there could be more metrics than one, the sums had names."""
        if "sums" in facts:
            return cls(**facts)
        sums = [facts["loss"], facts["metric"]] if facts["steps"] else []
        return cls(**{name: value for name, value in facts.items() if name not in ("loss", "metric")}, sums=sums)

    def add(self, rows: np.ndarray, scores: np.ndarray) -> None:
        """`scores` (metrics, steps) of steps with so many `rows`."""
        self.step, self.steps, self.rows = self.step + len(rows), self.steps + len(rows), self.rows + int(rows.sum())
        before = self.sums or [0.0] * len(scores)
        self.sums = [_added(total, rows * values) for total, values in zip(before, scores, strict=True)]

    def next_epoch(self) -> None:
        self.epoch, self.steps, self.rows, self.sums = self.epoch + 1, 0, 0, []


def _added(total: float, values: np.ndarray) -> float:
    """One after another, so that the sum does not depend on how the steps were divided into calls."""
    return float(np.cumsum(np.append(total, values))[-1])
