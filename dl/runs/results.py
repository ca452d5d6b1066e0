"""What a run came to on the test set, apart from its life: written once, when it was evaluated."""

from pydantic import BaseModel


class Baseline(BaseModel):
    """What one reaches without learning: `kind` names how, `facts` say more (the class that is always guessed)."""

    kind: str
    metric: str
    score: float
    facts: dict[str, float] = {}


class Results(BaseModel):
    """`scores` by the names of metrics, "loss" among them; `intervals` of 95 % of those that have one."""

    scores: dict[str, float]
    intervals: dict[str, tuple[float, float]] = {}
    baseline: Baseline | None = None
