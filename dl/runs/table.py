"""All runs side by side: what each was asked, what it reached, and what its user says of it.

Reading thousands of runs takes seconds, so each is read again only when one of its files is another one.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dl.errors import RunDamaged
from dl.files import Stamp, stamp
from dl.runs.labels import LABEL, Label
from dl.runs.log.json_lines import read_last
from dl.runs.log.steps import scores_of
from dl.runs.results import Results
from dl.runs.run import Run, as_seen
from dl.runs.status import Status
from dl.runs.store import RunStore
from dl.specs.presets import preset_name
from dl.specs.settings import family
from dl.specs.summary import structure, summarize
from dl.tasks import task_of
from dl.tasks.metrics import ACCURACY, metric

Stamps = tuple[Stamp | None, ...]
FILES = ("status.json", LABEL)  # the others of an ended run stay as they are, and those of a live one change with them


@dataclass(frozen=True)
class Request:
    """What was asked for. `preset` is None for a network of the user's own, which `structure` tells in a few words.

    `metric` is what its task is judged by, in the `unit` of the target where it is told in one. Runs of one `family`
    differ in the `seed` alone.
    """

    dataset: str
    preset: str | None
    structure: str
    layers: int
    parameters: int
    optimizer: str
    learning_rate: float
    batch_size: int
    epochs: int
    metric: str
    unit: str
    seed: int
    family: str


@dataclass(frozen=True)
class RunRow:
    """`request` or `status` is None where it cannot be read; `scores` are those of the last epoch by name."""

    run: Run
    label: Label
    request: Request | None
    status: Status | None
    results: Results | None
    scores: dict[str, float]

    @property
    def metric(self) -> str:
        """What it is judged by."""
        return self.request.metric if self.request else ACCURACY.name

    @property
    def unit(self) -> str:
        """Of that, empty where it has none."""
        return self.request.unit if self.request else ""

    @property
    def test_score(self) -> float | None:
        return self.results.scores.get(self.metric) if self.results else None


class RunTable:
    """The rows of a store's runs, for all who look at them."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._known: dict[Run, tuple[Stamps, RunRow]] = {}

    def rows(self) -> list[RunRow]:
        """The newest first."""
        now, known = time.time(), {run: self._look(run) for run in self._store.list()}
        self._known = known  # without those that are gone
        return [_as_seen(row, now) for _, row in known.values()]

    def row(self, run: Run) -> RunRow:
        """Of a run that may be gone by now."""
        self._known[run] = known = self._look(run)
        return _as_seen(known[1], time.time())

    def _look(self, run: Run) -> tuple[Stamps, RunRow]:
        stamps = tuple(stamp(f"{run.folder}/{name}") for name in FILES)  # first, so that no change is missed
        known = self._known.get(run)
        return known if known and known[0] == stamps else (stamps, read_row(run))


def read_row(run: Run) -> RunRow:
    last = read_last(run.folder / "epochs.jsonl")
    status = run.written_status_or_none()
    return RunRow(run, run.label(), _request(run), status, run.results() if status else None, scores_of(last))


def best_of_each(rows: Iterable[RunRow]) -> dict[str, RunRow]:
    """The row with the best test score on each data set, by what is predicted there now; the set used last is first."""
    best: dict[str, RunRow] = {}
    for row in rows:
        if row.request is None or row.test_score is None:
            continue
        before = best.setdefault(row.request.dataset, row)
        if before.metric == row.metric and _is_better(row, before):
            best[row.request.dataset] = row
    return best


def _is_better(row: RunRow, other: RunRow) -> bool:
    sign = metric(row.metric).sign
    return sign * (row.test_score or 0.0) > sign * (other.test_score or 0.0)


def _request(run: Run) -> Request | None:
    try:
        spec, dataset = run.spec(), run.dataset()
    except RunDamaged:
        return None
    training, judged = spec.training, task_of(dataset).metrics[0]
    return Request(
        dataset=dataset.id,
        preset=preset_name(spec.model, dataset),
        structure=structure(spec.model),
        layers=len(spec.model.layers),
        parameters=summarize(spec.model, dataset.shape, run.preparation()).parameters,
        optimizer=training.optimizer.type,
        learning_rate=training.optimizer.learning_rate,
        batch_size=training.batch_size,
        epochs=training.epochs,
        metric=judged.name,
        unit=dataset.unit if judged.in_unit else "",
        seed=training.seed,
        family=family(spec),
    )


def _as_seen(row: RunRow, now: float) -> RunRow:
    """Whether a process still lives is in none of its files."""
    return replace(row, status=as_seen(row.status, now)) if row.status and row.status.state == "RUNNING" else row
