"""A run that repeats another one by its passport, and whether the same has come out."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.datasets import Dataset, DatasetStore
from dl.errors import DatasetError, PassportRefused, SpecError
from dl.files import read_model, write_model
from dl.runs.changes import write_changes
from dl.runs.engine import Engine
from dl.runs.environment import PACKAGES, read_environment
from dl.runs.passport import Epoch, Passport, passport_of
from dl.runs.run import Run
from dl.runs.store import RunStore
from dl.specs.checks import check

PASSPORT = "passport.json"
AGREEING = 1e-5  # of a score, or of 1 where it is smaller: what rounding alone may do


class Difference(BaseModel):
    """What is not as the passport has it, as a code and facts.

    What came out: `curve` (metric, epoch, theirs, ours), `epochs` (theirs, ours), `score` (metric, theirs, ours). What
    may be why: `data`, `version` (package, theirs, ours), `machine`, `compiler`, `unknown` (with what it was trained).
    """

    model_config = ConfigDict(frozen=True)

    code: Literal["curve", "epochs", "score", "data", "version", "machine", "compiler", "unknown"]
    facts: dict[str, Any] = {}


class Reproduction(BaseModel):
    """The same came out unless there are `outcomes`, differences in it; `causes` may be why.

    Of a run that was stopped by hand, only the `epochs` before that are compared.
    """

    model_config = ConfigDict(frozen=True)

    outcomes: tuple[Difference, ...]
    causes: tuple[Difference, ...]
    epochs: int
    stopped: bool

    @property
    def same(self) -> bool:
        return not self.outcomes


def data_for(passport: Passport, store: DatasetStore) -> Dataset:
    """The very data where they are here, whatever they are called; else those of that name.

    Raises DatasetError where neither is here, and PassportRefused where only their owner can bring them.
    """
    for known in store.known():
        with suppress(DatasetError):
            if (here := store.imported(known.id)).fingerprint == passport.data.fingerprint:
                return here
    if passport.spec.data.dataset not in {known.id for known in store.known()}:
        raise PassportRefused(
            reason="no_data", name=passport.data.name, file=passport.data.file or passport.data.source
        )
    return store.imported(passport.spec.data.dataset)


def repeat(passport: Passport, dataset: Dataset, store: RunStore) -> Run:
    """A run of the same specification, claimed by this process: whoever wants it queued releases that.

    Raises SpecError where these data do not suit it.
    """
    data = passport.spec.data.model_copy(update={"dataset": dataset.id, "fingerprint": None})
    spec = passport.spec.model_copy(update={"data": data})
    if problems := check(spec, dataset):
        raise SpecError(problems)
    run = store.create(spec, dataset, claimed=True)
    write_model(run.folder / PASSPORT, passport)
    write_changes(run.folder, passport.changes)
    if passport.compiler:
        write_model(run.folder / "engine.json", Engine(compiler=passport.compiler, reason="remembered"))
    return run


def repeated(run: Run) -> Passport | None:
    """What this run is to repeat; None for any other run."""
    return read_model(run.folder / PASSPORT, Passport)


def reproduction(run: Run, passport: Passport) -> Reproduction | None:
    """None before the run has results. Raises RunDamaged."""
    if run.results() is None or not run.status().ended:
        return None
    ours, stopped = passport_of(run), passport.ended == "STOPPED"
    theirs = passport.epochs[:-1] if stopped else passport.epochs  # the last one may be a part
    outcomes = [*_curves(theirs, ours.epochs)]
    if not stopped:
        if len(theirs) != len(ours.epochs):
            outcomes.append(Difference(code="epochs", facts={"theirs": len(theirs), "ours": len(ours.epochs)}))
        outcomes += _scores(passport.results.scores, ours.results.scores)
    causes = (*_data(passport, ours), *_environments(run, passport, ours))
    return Reproduction(outcomes=tuple(outcomes), causes=causes, epochs=len(theirs), stopped=stopped)


def _curves(theirs: tuple[Epoch, ...], ours: tuple[Epoch, ...]) -> Iterator[Difference]:
    """Where they first depart."""
    for a, b in zip(theirs, ours, strict=False):
        for name, facts in _differing(a.scores, b.scores):
            yield Difference(code="curve", facts={"metric": name, "epoch": a.epoch, **facts})
            return


def _scores(theirs: Mapping[str, float], ours: Mapping[str, float]) -> list[Difference]:
    return [Difference(code="score", facts={"metric": name, **facts}) for name, facts in _differing(theirs, ours)]


def _differing(
    theirs: Mapping[str, float | None], ours: Mapping[str, float | None]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, their in theirs.items():
        our = ours.get(name)
        if not _agree(their, our):
            yield name, {"theirs": their, "ours": our}


def _agree(theirs: float | None, ours: float | None) -> bool:
    if theirs is None or ours is None:
        return theirs is ours
    return math.isclose(theirs, ours, rel_tol=AGREEING, abs_tol=AGREEING)


def _data(theirs: Passport, ours: Passport) -> Iterator[Difference]:
    if theirs.data.fingerprint != ours.data.fingerprint:
        yield Difference(code="data", facts={"dataset": ours.data.name})


def _environments(run: Run, theirs: Passport, ours: Passport) -> Iterator[Difference]:
    here = read_environment(run.folder)
    if theirs.environment is None or here is None:
        yield Difference(code="unknown")
        return
    for package in PACKAGES:
        facts = {"theirs": getattr(theirs.environment, package), "ours": getattr(here, package)}
        if facts["theirs"] != facts["ours"]:
            yield Difference(code="version", facts={"package": package, **facts})
    machines = [(each.system, each.processor, each.cores, each.gpus) for each in (theirs.environment, here)]
    if machines[0] != machines[1]:
        yield Difference(code="machine", facts={"theirs": theirs.environment.system, "ours": here.system})
    if theirs.compiler != ours.compiler:
        yield Difference(code="compiler", facts={"theirs": theirs.compiler, "ours": ours.compiler})
