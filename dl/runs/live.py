"""What is new in a run since somebody last looked, in plain JSON values: the one form for all who watch it."""

import json
import math
import re
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dl.files import stamp
from dl.runs.log import (
    COLUMNS,
    MOST_NEW_STEPS,
    Range,
    count_steps,
    decimate,
    last_time,
    new_steps,
    read_lines_from,
    read_schema,
    whole_curve,
)
from dl.runs.run import Run, as_seen
from dl.runs.status import Status
from dl.runs.weights import FILE as WEIGHTS
from dl.runs.weights import read_weights
from dl.tasks.metrics import VALIDATION

POSITION = ("status.json", "steps.bin", "engine.json", "wishes")
MARKS = ("epochs.jsonl", "changes.jsonl", "checkpoints", "baseline.json")
ALIVE_SECONDS = 1.0  # so often it is looked whether the process of a silent run still lives
_CURSOR = re.compile(r"(\d{1,15})(?:-(\d{1,15})-([0-9a-f]{0,8})-(\d{1,15}))?")


@dataclass(frozen=True)
class Cursor:
    """What a reader has already: the last step, how many lines of `epochs.jsonl`, which marks, and the weights after
    which step."""

    step: int = 0
    epochs: int = 0
    marks: str = ""
    weights: int = 0

    def __str__(self) -> str:
        return f"{self.step}-{self.epochs}-{self.marks}-{self.weights}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Of what `str` made of one, or of a step alone; nonsense is the beginning."""
        found = _CURSOR.fullmatch(text)
        return cls(int(found[1]), int(found[2] or 0), found[3] or "", int(found[4] or 0)) if found else cls()


class LiveRun:
    """A run that is read as it grows, up to step `until`. `refresh` looks at the disk; `news` tells what it found."""

    def __init__(self, run: Run, until: int | None = None) -> None:
        """Raises RunDamaged if the run cannot be read."""
        self.run, self._until = run, math.inf if until is None else until
        self.status: Status = run.status()
        fork = run.spec().fork
        self.before, self._epochs_before = (fork.step, fork.epoch) if fork else (0, 0)
        self.recorded = 0
        self._files = [str(run.folder / name) for name in (*POSITION, *MARKS, WEIGHTS)]
        self._seen: tuple[Any, ...] = ()
        self._alive_until = 0.0
        self._read_bytes, self._epoch_lines = 0, list[dict[str, Any]]()
        self._epochs: dict[int, dict[str, Any]] = {}
        self._marks: tuple[str, dict[str, Any]] = ("", {})
        self._weights: dict[str, Any] = {"step": 0, "layers": []}

    def refresh(self, now: float | None = None) -> bool:
        """Whether anything is new. Raises RunDamaged if the run can no longer be read."""
        now = now or time.time()
        seen = tuple(map(stamp, self._files))
        if seen == self._seen and (self.status.state != "RUNNING" or now < self._alive_until):
            return False
        before, self.status = self.status, self._read_status(now)
        if seen == self._seen and self.status == before:
            return False
        has_marks = seen[len(POSITION) : -1] != self._seen[len(POSITION) : -1]
        has_weights = seen[-1:] != self._seen[-1:]
        self._seen = seen
        self.recorded = int(max(0, min(count_steps(self.run.folder), self._until - self.before)))
        if has_weights and self._until == math.inf:
            self._weights = read_weights(self.run.folder) or self._weights
        if has_marks:
            self._read_epochs()
            marks = {"saved": self._saved(), "changes": self._changes(), "baseline": self._baseline()}
            self._marks = f"{zlib.crc32(json.dumps(marks).encode()):08x}", marks
        return True

    def _read_status(self, now: float) -> Status:
        """Whether its process lives is not asked again at each step."""
        status = self.run.written_status()
        if now < self._alive_until and self.status.state == "RUNNING":
            return status
        self._alive_until = now + ALIVE_SECONDS
        return as_seen(status, now)

    def _read_epochs(self) -> None:
        """Only the new lines; all over again where an epoch that was cut short was gone on with."""
        lines, self._read_bytes = read_lines_from(self.run.folder / "epochs.jsonl", self._read_bytes)
        new = [record for record in lines if "epoch" in record]
        self._epoch_lines += new
        if len(self._epochs.keys() | {record["epoch"] for record in new}) < len(self._epochs) + len(new):
            self._epochs.clear()
            new = list({record["epoch"]: record for record in self._epoch_lines}.values())
        end = next(reversed(self._epochs.values()))["step"] if self._epochs else self.before
        names = self._scores
        for record in new:
            end += record.get("steps", 0)
            scores = {name: _score(record.get(name)) for name in names}
            self._epochs[record["epoch"]] = {"epoch": record["epoch"], "step": end, **scores}

    @property
    def metrics(self) -> tuple[str, ...]:
        """What there is a curve of, the loss among it."""
        return read_schema(self.run.folder).metrics

    @property
    def _scores(self) -> list[str]:
        return [f"{part}{metric}" for part in ("", VALIDATION) for metric in self.metrics]

    @property
    def epochs(self) -> list[dict[str, Any]]:
        """Epoch, the step that it ended with, and its scores."""
        return [epoch for epoch in self._epochs.values() if epoch["step"] <= self._until]

    def _saved(self) -> list[dict[str, Any]]:
        """Kept epochs, at their place on the validation curve or, without one, on that of training."""
        known, points = self._epochs, self.run.checkpoints.list()
        kept = [point.epoch for point in points if not point.within and point.epoch in known]
        return [
            {"epoch": epoch, "step": known[epoch]["step"]}
            | {metric: _first(known[epoch][f"{VALIDATION}{metric}"], known[epoch][metric]) for metric in self.metrics}
            for epoch in kept
        ]

    def _baseline(self) -> dict[str, float]:
        """What is reached without learning, by metric."""
        found = self.run.baseline()
        return {name: float(f"{score:.6g}") for name, score in found.scores.items()} if found else {}

    def _changes(self) -> list[dict[str, Any]]:
        """When the learning rate was changed, by steps done; on the axis of epochs that stands between two of them."""
        if not (changes := self.run.changes()):
            return []
        steps = [self.before, *(epoch["step"] for epoch in self.epochs)]
        epochs = [self._epochs_before, *(epoch["epoch"] for epoch in self.epochs)]
        return [
            {"step": change.step, "epoch": round(float(np.interp(change.step, steps, epochs)), 4)}
            | {"learning_rate": float(f"{change.learning_rate:.6g}"), "by": change.by}
            for change in changes
        ]

    @property
    def cursor(self) -> Cursor:
        """That of a reader who knows everything."""
        return Cursor(self.before + self.recorded, len(self._epoch_lines), self._marks[0], self._weights["step"])

    def news(
        self,
        cursor: Cursor,
        smoothing: float = 0.0,
        zoomed: Range | None = None,
        metrics: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Everything after `cursor`; to who knows nothing, or too little, all of it as `curves`, which may be smoothed.

        `step` is the last step done and `time` when it was, in unix seconds; None before the first one.
        """
        begins, known = self.begins(cursor), cursor.step - self.before
        news: dict[str, Any] = {
            "cursor": str(self.cursor),
            "step": self.before + self.recorded,
            "time": last_time(self.run.folder, self.recorded),
            "position": self.position(),
        }
        if begins:
            curves = self.curves(smoothing, zoomed, metrics=metrics)
            news |= {"curves": curves, "before": self.before, "epochs": self._epochs_after(0)}
        else:
            news["epochs"] = self._epochs_after(cursor.epochs)
            if known < self.recorded:
                news |= new_steps(self.run.folder, known + 1, self.recorded, self.before, self.status.steps)
        if begins or cursor.marks != self._marks[0]:
            news |= self._marks[1]
        if begins or cursor.weights != self._weights["step"]:
            news["weights"] = self._weights
        return news

    def begins(self, cursor: Cursor) -> bool:
        """Whether that reader is told everything: a new one, or one who has missed too much."""
        known = cursor.step - self.before
        return cursor.step == 0 or not 0 <= known <= self.recorded or self.recorded - known > MOST_NEW_STEPS

    def curves(
        self,
        smoothing: float = 0.0,
        zoomed: Range | None = None,
        columns: int = COLUMNS,
        metrics: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """By metric, see `whole_curve`: of all that there are, or of those among them that are asked for."""
        steps = self.run.folder, self.recorded, self.before
        asked = [metric for metric in self.metrics if metrics is None or metric in metrics]
        return {metric: whole_curve(*steps, metric, smoothing, zoomed, columns) for metric in asked}

    def _epochs_after(self, lines: int) -> list[dict[str, Any]]:
        """Those of later lines; of many, no more than can be seen."""
        later = dict.fromkeys(record["epoch"] for record in self._epoch_lines[lines:])
        epochs = [self._epochs[epoch] for epoch in later if self._epochs[epoch]["step"] <= self._until]
        if len(epochs) <= 2 * COLUMNS:
            return epochs
        places = np.arange(len(epochs))
        scores = ([np.nan if epoch[name] is None else epoch[name] for epoch in epochs] for name in self._scores)
        kept = np.unique(np.concatenate([decimate(places, np.array(score), COLUMNS)[0] for score in scores]))
        return [epochs[place] for place in kept]

    def position(self, now: float | None = None) -> dict[str, Any]:
        """How far the run is, what is wished of it, and its last scores; durations in seconds."""
        run, status = self.run, self.status
        left = (status.steps - status.step) / status.steps_per_second if status.steps_per_second else None
        last = next(reversed(self._epochs.values()), {})
        engine = run.engine()
        names = ("state", "phase", "attempt", "epoch", "epochs", "step", "steps", "steps_per_second", "learning_rate")
        return {name: getattr(status, name) for name in (*names, "stopped_early")} | {
            "elapsed": status.seconds(now or time.time()),
            "left": None if status.ended else left,
            "scores": {name: last.get(name) for name in self._scores if name.startswith(VALIDATION)},
            "wish": next((wish for wish in ("stop", "pause") if run.requested_at(wish) is not None), None),
            "learning_rate_wished": None if status.ended else run.learning_rate_requested(),
            "compiler": engine.compiler if engine else None,
        }


def _score(value: Any) -> float | None:
    return float(f"{value:.6g}") if isinstance(value, int | float) and np.isfinite(value) else None


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
