"""What all tasks have in common: what a target means to a network, to its losses and to what it is measured by."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from dl.tasks.metrics import CHOICES, Metric

TargetEncoding = Literal["integer", "one_hot", "number"]
Targets = NDArray[Any]  # (rows,) as stored
Outputs = NDArray[Any]  # (rows, outputs)


@dataclass(frozen=True)
class Fit:
    """What a loss is computed from: outputs of one of these activations, the usual one first, and encoded targets."""

    activations: tuple[str, ...]
    encoding: TargetEncoding


class Baseline(BaseModel):
    """What one reaches without learning: `kind` names how, `facts` say more (the class that is always guessed).

    What is reached of further metrics stands among the facts, by their names.
    """

    kind: str
    metric: str
    score: float
    facts: dict[str, float] = {}

    @property
    def scores(self) -> dict[str, float]:
        """By the names of metrics."""
        return {name: score for name, score in self.facts.items() if name in CHOICES} | {self.metric: self.score}


def majority_baseline(majority_class: int, accuracy: float) -> Baseline:
    """Always guessing the most frequent class of the training set."""
    return Baseline(kind="majority", metric="accuracy", score=accuracy, facts={"class": majority_class})


class Task:
    """`losses` are those that fit, the usual one first; so are `metrics`, and in the first a baseline is beaten.

    `outputs` is how many numbers a network answers with.
    """

    name: ClassVar[str]
    losses: ClassVar[dict[str, Fit]]
    metrics: ClassVar[tuple[Metric, ...]]

    @property
    def outputs(self) -> int:
        raise NotImplementedError

    @property
    def usual_loss(self) -> str:
        return next(iter(self.losses))

    @property
    def usual_metrics(self) -> tuple[str, ...]:
        """The names of those that are measured if nobody says otherwise, and always on the test set."""
        return (self.metrics[0].name,)

    def fit(self, loss: str) -> Fit:
        return self.losses.get(loss, self.losses[self.usual_loss])

    def encoded(self, targets: Targets, encoding: TargetEncoding) -> NDArray[Any]:
        """As a loss takes them."""
        if encoding == "one_hot":
            return np.eye(self.outputs, dtype=np.float32)[targets]
        return targets[:, np.newaxis] if encoding == "number" else targets

    def intervals(self, targets: Targets, outputs: Outputs) -> dict[str, tuple[float, float]]:
        """Of 95 %, of those scores that have one."""
        return {}

    def baseline(self, train_targets: Targets, targets: Targets) -> Baseline:
        raise NotImplementedError

    def report(self, targets: Targets, outputs: Outputs) -> dict[str, Any]:
        """All that is to be said of the answers, as plain values."""
        raise NotImplementedError
