"""What came out otherwise than the passport says, and on which data a passport is repeated."""

from collections.abc import Callable
from typing import Any

import pytest

from dl.datasets import DatasetStore
from dl.errors import DatasetMissing, PassportRefused, SpecError
from dl.files import write_model
from dl.runs import Run, RunStore
from dl.runs.engine import Engine
from dl.runs.passport import Passport, passport_of
from dl.runs.reproduction import data_for, repeat, reproduction
from dl.workspace import Workspace

FakeRun = Callable[..., Run]


def outcomes(run: Run, passport: Passport) -> list[dict[str, Any]]:
    found = reproduction(run, passport)
    assert found
    return [{"code": each.code} | each.facts for each in found.outcomes]


def rewritten(passport: Passport, epoch: int, **scores: float) -> Passport:
    """With other scores in one of its epochs."""
    epochs = [
        each.model_copy(update={"scores": each.scores | scores}) if each.epoch == epoch else each
        for each in passport.epochs
    ]
    return passport.model_copy(update={"epochs": tuple(epochs)})


def test_only_what_differs_by_more_than_rounding_counts(fake_run: FakeRun) -> None:
    run = fake_run(epochs=3)
    passport = passport_of(run)
    loss = passport.epochs[1].scores["val_loss"]
    assert loss
    assert outcomes(run, passport) == outcomes(run, rewritten(passport, 2, val_loss=loss * (1 + 1e-6))) == []
    (found,) = outcomes(run, rewritten(passport, 2, val_loss=loss * 1.001))
    assert found == {"code": "curve", "metric": "val_loss", "epoch": 2, "theirs": loss * 1.001, "ours": loss}


def test_scores_and_epochs_that_differ_are_named(fake_run: FakeRun) -> None:
    run = fake_run(epochs=3)
    passport = passport_of(run)
    other = passport.results.model_copy(update={"scores": passport.results.scores | {"accuracy": 0.5}})
    changed = passport.model_copy(update={"results": other, "epochs": passport.epochs[:2]})
    epochs, score = outcomes(run, changed)
    assert epochs == {"code": "epochs", "theirs": 2, "ours": 3}
    assert (score["code"], score["metric"], score["theirs"]) == ("score", "accuracy", 0.5)
    missing = passport.results.model_copy(update={"scores": {"top_5_accuracy": 0.9}})
    (score,) = outcomes(run, passport.model_copy(update={"results": missing}))
    assert (score["theirs"], score["ours"]) == (0.9, None)


def test_run_that_was_stopped_by_hand_is_compared_as_far_as_whole_epochs_go(fake_run: FakeRun) -> None:
    passport = passport_of(fake_run("STOPPED", epochs=2))
    found = reproduction(fake_run(epochs=3), rewritten(passport, 2, loss=9.0))
    assert found and found.same and found.stopped and found.epochs == 1


def test_causes_are_told_beside(fake_run: FakeRun) -> None:
    run = fake_run()
    write_model(run.folder / "engine.json", Engine(compiler="graph", reason="measured"))
    passport = passport_of(run)
    data = passport.data.model_copy(update={"fingerprint": "0" * 64})
    found = reproduction(run, passport.model_copy(update={"data": data, "compiler": "xla"}))
    assert found and [cause.code for cause in found.causes] == ["data", "unknown"]


def test_data_are_found_by_what_is_in_them_then_by_name(fake_run: FakeRun, workspace: Workspace) -> None:
    passport, store = passport_of(fake_run()), DatasetStore(workspace)
    assert data_for(passport, store).id == "digits"

    def named(dataset: str, fingerprint: str = "0" * 64) -> Passport:
        data = passport.spec.data.model_copy(update={"dataset": dataset})
        facts = passport.data.model_copy(update={"fingerprint": fingerprint})
        spec = passport.spec.model_copy(update={"data": data})
        return passport.model_copy(update={"spec": spec, "data": facts})

    assert data_for(named("called_otherwise", passport.data.fingerprint), store).id == "digits"
    assert data_for(named("digits"), store).fingerprint == passport.data.fingerprint, "there are others of that name"
    with pytest.raises(DatasetMissing):
        data_for(named("iris"), store)
    with pytest.raises(PassportRefused) as refused:
        data_for(named("their_own"), store)
    assert refused.value.facts["reason"] == "no_data"


def test_run_begins_as_the_one_of_the_passport_did(fake_run: FakeRun, workspace: Workspace) -> None:
    first = fake_run()
    write_model(first.folder / "engine.json", Engine(compiler="xla", reason="measured", xla_seconds=0.1))
    passport = passport_of(first)
    run = repeat(passport, data_for(passport, DatasetStore(workspace)), RunStore(workspace.runs))
    assert run.spec() == first.spec() and run.status().state == "QUEUED" and run.lease()
    assert run.engine() == Engine(compiler="xla", reason="remembered")


def test_data_that_do_not_suit_the_network_are_refused_before_there_is_a_run(
    fake_run: FakeRun, workspace: Workspace
) -> None:
    passport, store = passport_of(fake_run()), RunStore(workspace.runs)
    table = DatasetStore(workspace).bring("iris")
    with pytest.raises(SpecError):
        repeat(passport, table, store)
    assert len(store.list()) == 1
