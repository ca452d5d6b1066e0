"""What a run came to on the test set, apart from its life: written once, when it was evaluated.

Its file comes, and goes when the run goes on, before the status says so: whoever watches that one misses nothing.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dl.evaluation.classification import accuracy_interval
from dl.files import patiently, read_model, write_model
from dl.runs.exports import forget_exports
from dl.runs.importance import IMPORTANCE
from dl.tasks.task import Baseline, majority_baseline

RESULTS = "results.json"


class Results(BaseModel):
    """`scores` by the names of metrics, "loss" among them; `intervals` of 95 % of those that have one."""

    scores: dict[str, float]
    intervals: dict[str, tuple[float, float]] = {}
    baseline: Baseline | None = None


def write_results(folder: Path, results: Results) -> None:
    write_model(folder / RESULTS, results)


def forget_results(folder: Path) -> None:
    """Of a run that was stopped and goes on: they are those of its end no longer."""
    for name in (RESULTS, IMPORTANCE):
        (folder / name).unlink(missing_ok=True)
    forget_exports(folder)


def read_results(folder: Path) -> Results | None:
    """None before there are any, and for a file that is damaged."""
    if (folder / RESULTS).exists():
        return read_model(folder / RESULTS, Results)
    return _of_an_old_run(_facts(folder / "status.json"), _facts(folder / "dataset.json"))


def _of_an_old_run(status: dict[str, Any], dataset: dict[str, Any]) -> Results | None:
    """Its status told them; the interval follows from how many rows there were."""
    if (accuracy := status.get("test_accuracy")) is None:
        return None
    results = Results(scores={"accuracy": accuracy})
    if (loss := status.get("test_loss")) is not None:
        results.scores["loss"] = loss
    if rows := dataset.get("rows", {}).get("test"):
        results.intervals["accuracy"] = accuracy_interval(round(accuracy * rows), rows)
    if (majority := status.get("majority_class")) is not None:
        results.baseline = majority_baseline(majority, status["majority_accuracy"])
    return results


def _facts(path: Path) -> dict[str, Any]:
    """Nothing, where it cannot be read."""
    try:
        found = json.loads(patiently(path.read_bytes))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
