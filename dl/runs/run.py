"""One run on disk: what the user asked for, what the worker found, and the wishes that pass between them."""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from dl.datasets.description import Dataset
from dl.errors import RunDamaged, SpecError
from dl.files import patiently, read_model, write_json, write_model
from dl.lease import Lease, held_by, take
from dl.preparation import Preparation
from dl.processes import Owner
from dl.runs.changes import RateChange, read_changes
from dl.runs.checkpoints import Checkpoints
from dl.runs.engine import Engine
from dl.runs.labels import Label, read_label, write_label
from dl.runs.log.steps import read_epochs, read_steps
from dl.runs.results import Results, read_results
from dl.runs.status import Fault, Status
from dl.runs.transitions import transition
from dl.specs import RunSpec, parse_spec
from dl.tasks.task import Baseline

LOG_BYTES = 20_000
STALE_SECONDS = 60.0  # a heart that has not beaten for so long is taken for a dead one
Wish = Literal["stop", "pause", "resume"]
# As they are written, and as in runs of before.
PREDICTIONS = (("test_targets.npy", "test_outputs.npy"), ("test_labels.npy", "test_probabilities.npy"))
PREDICTED_ROWS = "test_rows.npy"


@dataclass(frozen=True)
class Predictions:
    """`targets` (rows,) as stored; `outputs` (rows, outputs) float32; both of the test set, in its order.

    `rows` (rows,) int64 are the numbers of the rows in their table; None where they are not of one.
    """

    targets: np.ndarray
    outputs: np.ndarray
    rows: np.ndarray | None = None

    @property
    def predicted(self) -> np.ndarray:
        return self.outputs.argmax(axis=1)


def as_seen(status: Status, now: float) -> Status:
    """What a reader sees: RUNNING without a living process or with a stale heartbeat reads as INTERRUPTED."""
    if status.state != "RUNNING":
        return status
    fresh = status.heartbeat is None or now - status.heartbeat < STALE_SECONDS
    if fresh and (status.owner is None or status.owner.lives):
        return status
    return transition(status, "interrupted", now, ended_at=status.heartbeat, fault=Fault(code="worker_gone"))


@dataclass(frozen=True)
class Run:
    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def model_file(self) -> Path:
        return self.folder / "model.keras"

    @property
    def was_trained_here(self) -> bool:
        """Not so a model from elsewhere, which has no specification; it may be loaded only under limits."""
        return (self.folder / "spec.json").is_file()

    @property
    def preparation_file(self) -> Path:
        return self.folder / "preparation.json"

    def preparation(self) -> Preparation | None:
        """How its table was prepared; None before it was, and of pictures."""
        return read_model(self.preparation_file, Preparation)

    @property
    def baseline_file(self) -> Path:
        return self.folder / "baseline.json"

    def baseline(self) -> Baseline | None:
        """What one reaches without learning on the rows that are held out; of a run of before, on those of the test."""
        if kept := read_model(self.baseline_file, Baseline):
            return kept
        results = self.results()
        return results.baseline if results else None

    def spec(self) -> RunSpec:
        """Raises RunDamaged if the file is missing, torn or nonsense."""
        try:
            return parse_spec(self._read("spec.json"))
        except SpecError as error:
            raise RunDamaged(run=self.id, file="spec.json") from error

    def dataset(self) -> Dataset:
        """The description of the data as it was when the run was made. Raises RunDamaged."""
        try:
            return Dataset.model_validate_json(self._read("dataset.json"))
        except ValidationError as error:
            raise RunDamaged(run=self.id, file="dataset.json") from error

    def written_status(self) -> Status:
        """The status exactly as it stands on disk. Raises RunDamaged."""
        try:
            return Status.model_validate_json(self._read("status.json"))
        except ValidationError as error:
            raise RunDamaged(run=self.id, file="status.json") from error

    def written_status_or_none(self) -> Status | None:
        """None where it cannot be read."""
        with suppress(RunDamaged):
            return self.written_status()
        return None

    def status(self) -> Status:
        """The status as a reader should see it: a dead worker's run is INTERRUPTED. Raises RunDamaged."""
        return as_seen(self.written_status(), time.time())

    def write_status(self, status: Status) -> None:
        write_model(self.folder / "status.json", status)

    def label(self) -> Label:
        """What its user says of it; nothing, where that cannot be read."""
        return read_label(self.folder)

    def relabel(self, **changes: Any) -> None:
        """Change its `name`, `note` or `star`, whatever its state. Raises LabelTooLong and UnknownRun."""
        write_label(self.folder, self.label().changed(**changes))

    @property
    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.folder)

    def engine(self) -> Engine | None:
        """How its steps are computed; None before that was chosen."""
        return read_model(self.folder / "engine.json", Engine)

    def changes(self) -> list[RateChange]:
        """When its learning rate was changed on the way, the first one first."""
        return read_changes(self.folder)

    def steps(self) -> np.ndarray:
        return read_steps(self.folder)

    def epochs(self) -> list[dict[str, Any]]:
        return read_epochs(self.folder)

    def results(self) -> Results | None:
        """What it came to on the test set; None before it was evaluated, or since it goes on."""
        return read_results(self.folder)

    def predictions(self, mapped: bool = False) -> Predictions | None:
        """None before the worker has written them; `mapped`, they stay on disk. Raises RunDamaged if one is torn."""
        mode: Literal["r"] | None = "r" if mapped else None
        folder = self.folder / "predictions"
        files = next((names for names in PREDICTIONS if (folder / names[-1]).exists()), None)
        if files is None:
            return None
        try:
            targets, outputs = (np.load(folder / name, mode, allow_pickle=False) for name in files)
            there = (folder / PREDICTED_ROWS).exists()
            rows = np.load(folder / PREDICTED_ROWS, mode, allow_pickle=False) if there else None
        except (OSError, ValueError, EOFError) as error:
            raise RunDamaged(run=self.id, file="predictions") from error
        if outputs.ndim != 2 or any(part.shape != outputs.shape[:1] for part in (targets, rows) if part is not None):
            raise RunDamaged(run=self.id, file="predictions")
        return Predictions(targets, outputs, rows)

    def log_tail(self) -> str:
        try:
            with open(self.folder / "log.txt", "rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - LOG_BYTES))
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def request(self, wish: Wish) -> None:
        """Asking twice is harmless; asking a run that has ended changes nothing."""
        (self.folder / "wishes").mkdir(exist_ok=True)
        (self.folder / "wishes" / wish).touch()

    def withdraw(self, *wishes: Wish) -> None:
        for wish in wishes:
            (self.folder / "wishes" / wish).unlink(missing_ok=True)

    def requested_at(self, wish: Wish) -> float | None:
        try:
            return (self.folder / "wishes" / wish).stat().st_mtime
        except OSError:
            return None

    def request_learning_rate(self, learning_rate: float) -> None:
        (self.folder / "wishes").mkdir(exist_ok=True)
        write_json(self.folder / "wishes" / "learning_rate", learning_rate)

    def learning_rate_requested(self) -> float | None:
        """The learning rate that is wished and not in force yet."""
        return _number_in(self.folder / "wishes" / "learning_rate")

    def take_learning_rate(self) -> float | None:
        """The learning rate that is wished; `learning_rate_taken` has to follow, or it is given again after a crash."""
        path = self.folder / "wishes" / "learning_rate"
        with suppress(OSError):
            patiently(lambda: os.replace(path, self._taken))
        return _number_in(self._taken)

    def learning_rate_taken(self) -> None:
        self._taken.unlink(missing_ok=True)

    @property
    def _taken(self) -> Path:
        return self.folder / "wishes" / ".learning_rate"

    def claim(self, owner: Owner | None = None) -> Lease | None:
        """Take it to work on, for this process if no other is named: of all who try, at most one gets the lease."""
        return take(self.folder, owner or Owner.current(), time.time())

    def claim_waiting(self, owner: Owner | None = None) -> Lease | None:
        """None too if its turn in the queue has come and gone since it was looked at. Raises RunDamaged."""
        lease = self.claim(owner)
        if lease and self.written_status().state != "QUEUED":
            lease.release()
            return None
        return lease

    def lease(self, owner: Owner | None = None) -> Lease | None:
        """The one that this process, or the one that is named, has."""
        return held_by(self.folder, owner or Owner.current())

    def _read(self, name: str) -> bytes:
        try:
            return patiently((self.folder / name).read_bytes)
        except OSError as error:
            raise RunDamaged(run=self.id, file=name) from error


def _number_in(path: Path) -> float | None:
    try:
        return float(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None
