"""A run's passport: one file with all that decides its training and what came of it, by which another Livefit repeats
it and says whether the same comes out.

It may come from a stranger: whatever is read of it is checked first, and nothing in it is a path or code.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dl.datasets import Dataset
from dl.datasets.description import Rows
from dl.errors import PassportRefused, RunDamaged
from dl.runs.changes import RateChange
from dl.runs.engine import Compiler
from dl.runs.environment import Environment, read_environment
from dl.runs.log.steps import scores_of
from dl.runs.results import Results
from dl.runs.run import Run
from dl.specs import RunSpec, parse_spec

VERSION = 1
MOST_BYTES = 10_000_000
Name = Annotated[str, Field(max_length=1_000)]
Score = Annotated[float, Field(allow_inf_nan=False)] | None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataFacts(_Part):
    """Which data, and where they are from: the `file` that a table was read from, by name or address."""

    name: Name
    fingerprint: Name
    rows: Rows
    target: Name
    source: Name
    licence: Name
    file: Name = ""


class Epoch(_Part):
    epoch: int
    scores: dict[Name, Score]


class Passport(_Part):
    """`epochs` are the curves, `results` what was reached on the test set, `changes` learning rates set by hand."""

    livefit_passport: Literal[1] = 1
    spec: RunSpec
    data: DataFacts
    environment: Environment | None
    compiler: Compiler | None
    ended: Literal["FINISHED", "STOPPED"]
    changes: tuple[RateChange, ...]
    epochs: tuple[Epoch, ...]
    results: Results


def passport_of(run: Run) -> Passport:
    """Raises RunDamaged for one that has no results."""
    results, status, engine = run.results(), run.status(), run.engine()
    if results is None or status.state not in ("FINISHED", "STOPPED"):
        raise RunDamaged(run=run.id, file="results.json")
    return Passport(
        spec=run.spec(),
        data=_facts(run.dataset()),
        environment=read_environment(run.folder),
        compiler=engine.compiler if engine else None,
        ended=status.state,
        changes=tuple(change for change in run.changes() if change.by == "user"),
        epochs=tuple(Epoch(epoch=record["epoch"], scores=scores_of(record)) for record in run.epochs()),
        results=results,
    )


def _facts(dataset: Dataset) -> DataFacts:
    return DataFacts(
        name=dataset.name,
        fingerprint=dataset.fingerprint,
        rows=dataset.rows,
        target=dataset.target.name,
        source=dataset.source,
        licence=dataset.licence,
        file=dataset.origin.file if dataset.origin else "",
    )


def parse_passport(content: bytes) -> Passport:
    """Raises PassportRefused, and SpecError where its specification is none."""
    if len(content) > MOST_BYTES:
        raise PassportRefused(reason="too_large", bytes=len(content), most_bytes=MOST_BYTES)
    found = _object(content)
    if "livefit_passport" not in found:
        raise PassportRefused(reason="not_a_passport")
    if found["livefit_passport"] != VERSION:
        raise PassportRefused(reason="version", given=str(found["livefit_passport"])[:20], allowed=str(VERSION))
    spec = parse_spec(found.get("spec"))
    if spec.fork:
        raise PassportRefused(reason="fork", run=spec.fork.run)
    try:
        return Passport.model_validate_json(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise PassportRefused(reason="damaged", part=place[:60] or "JSON") from None


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise PassportRefused(reason="not_json") from None
    return found if isinstance(found, dict) else {}
