"""A passport keeps what decides a run; of a stranger's everything is checked, and what is wrong is said."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dl.errors import PassportRefused, RunDamaged, SpecError
from dl.runs import Run
from dl.runs.changes import append_change
from dl.runs.passport import MOST_BYTES, parse_passport, passport_of

FakeRun = Callable[..., Run]


@pytest.fixture
def kept(fake_run: FakeRun) -> dict[str, Any]:
    """A passport as it lies in its file."""
    found: dict[str, Any] = json.loads(passport_of(fake_run()).model_dump_json())
    return found


def test_passport_has_settings_curves_and_scores_and_comes_back_whole(fake_run: FakeRun) -> None:
    run = fake_run(epochs=3)
    append_change(run.folder, 5, 0.1, "user")
    append_change(run.folder, 6, 0.01, "plateau")
    passport = passport_of(run)
    assert passport.spec == run.spec() and passport.data.fingerprint == run.dataset().fingerprint
    assert [epoch.scores["val_loss"] for epoch in passport.epochs] == [record["val_loss"] for record in run.epochs()]
    assert [change.step for change in passport.changes] == [5], "what a plateau lowers, it lowers again by itself"
    assert passport.results == run.results() and passport.environment is None
    assert parse_passport(passport.model_dump_json().encode()) == passport


def test_run_without_results_has_none(fake_run: FakeRun) -> None:
    with pytest.raises(RunDamaged):
        passport_of(fake_run("FAILED"))


@pytest.mark.parametrize(
    ("change", "reason", "part"),
    [
        ({"ended": "RUNNING"}, "damaged", "ended"),
        ({"epochs": [{"epoch": 1, "scores": {"loss": "low"}}]}, "damaged", "epochs.0.scores.loss"),
        ({"epochs": [{"epoch": 1, "scores": {"loss": float("inf")}}]}, "damaged", "epochs.0.scores.loss"),
        ({"more": "code"}, "damaged", "more"),
        ({"data": {}}, "damaged", "data.name"),
        ({"data": None}, "damaged", "data"),
        ({"livefit_passport": 2}, "version", None),
        ({"livefit_passport": [[]]}, "version", None),
    ],
)
def test_what_is_wrong_with_a_passport_is_said(
    kept: dict[str, Any], change: dict[str, Any], reason: str, part: str | None
) -> None:
    with pytest.raises(PassportRefused) as refused:
        parse_passport(json.dumps(kept | change).encode())
    assert refused.value.facts["reason"] == reason
    assert part is None or refused.value.facts["part"].startswith(part)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 200_000, "not_json"),
        (b"[1, 2]", "not_a_passport"),
        (b'{"data": {}}', "not_a_passport"),
        (b" " * (MOST_BYTES + 1), "too_large"),
    ],
    ids=["empty", "binary", "deep", "list", "other", "large"],
)
def test_any_other_file_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(PassportRefused) as refused:
        parse_passport(content)
    assert refused.value.facts["reason"] == reason


def test_specification_in_it_is_checked_as_any_other(kept: dict[str, Any]) -> None:
    kept["spec"]["data"]["dataset"] = "../../secret"
    with pytest.raises(SpecError):
        parse_passport(json.dumps(kept).encode())
    kept["spec"] = None
    with pytest.raises(SpecError):
        parse_passport(json.dumps(kept).encode())


def test_run_that_goes_on_from_another_cannot_be_repeated(kept: dict[str, Any]) -> None:
    kept["spec"]["fork"] = {"run": "3", "epoch": 2, "step": 20}
    with pytest.raises(PassportRefused) as refused:
        parse_passport(json.dumps(kept).encode())
    assert refused.value.facts == {"reason": "fork", "run": "3"}
