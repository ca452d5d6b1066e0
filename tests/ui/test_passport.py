"""A passport is opened on Home and repeated, and Evaluate says whether the same has come out."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dl.files import write_model
from dl.runs import Run, RunStore
from dl.runs.passport import Passport, passport_of
from dl.runs.reproduction import PASSPORT, repeated
from dl.workspace import Workspace

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]


def opened(open_app: OpenPage, content: bytes) -> AppTest:
    app = open_app("home")
    app.button(key="home_passport").click().run()
    app.file_uploader(key="home_passport_file").upload("passport.json", content).run()
    assert not app.exception
    return app


def content_of(run: Run, **changes: Any) -> bytes:
    return json.dumps(passport_of(run).model_dump(mode="json") | changes).encode()


def test_passport_is_shown_and_its_run_queued_once(open_app: OpenPage, fake_run: FakeRun, workspace: Workspace) -> None:
    first = fake_run()
    app = opened(open_app, content_of(first))
    assert any("Dense 128 → 10" in text.value and "Accuracy" in text.value for text in app.markdown)
    app.button(key="home_passport_repeat").click().run()
    assert [run.id for run in RunStore(workspace.runs).list()] == ["2", "1"]
    run = RunStore(workspace.runs).get("2")
    assert run.spec() == first.spec() and repeated(run) == passport_of(first)
    assert run.status().state == "QUEUED" and run.claim_waiting(), "nobody holds it back"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"livefit_passport": 9}, "has version 9"),
        ({"ended": "**GONE**"}, "damaged at “ended”"),
        ({"spec": {}}, "is missing"),
    ],
)
def test_passport_that_cannot_be_used_is_one_sentence(
    open_app: OpenPage, fake_run: FakeRun, changes: dict[str, Any], said: str
) -> None:
    app = opened(open_app, content_of(fake_run(), **changes))
    assert said in app.error[0].value and not [each for each in app.button if each.key == "home_passport_repeat"]


def test_data_that_are_not_here_are_said_with_where_to_get_them(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    passport = passport_of(run).model_dump(mode="json")
    data = passport["data"] | {"fingerprint": "0" * 64}

    def on(dataset: str, **facts: str) -> bytes:
        spec = passport["spec"] | {"data": passport["spec"]["data"] | {"dataset": dataset}}
        return json.dumps(passport | {"spec": spec, "data": data | facts}).encode()

    app = opened(open_app, on("theirs", name="*flowers*", file="flowers.csv"))
    assert "“\\*flowers\\*”, read from “flowers.csv”" in app.error[0].value
    app = opened(open_app, on("wine"))
    assert "is not on this computer yet" in app.warning[0].value and app.button(key="home_passport_data")
    app = opened(open_app, on("digits"))
    assert "other numbers are to be expected" in app.warning[0].value and app.button(key="home_passport_repeat")


def repeats(run: Run, passport: Passport) -> None:
    write_model(run.folder / PASSPORT, passport)


def test_evaluate_says_yes_and_no_with_its_reasons(open_app: OpenPage, fake_run: FakeRun) -> None:
    run, other = fake_run(), fake_run(epochs=2)
    assert not open_app("evaluate", run=run.id).success
    repeats(run, passport_of(run))
    (said,) = open_app("evaluate", run=run.id).success
    assert said.value.startswith("**Reproduced: yes.** The curves of all 3 epochs and all scores agree to 5 digits.")
    repeats(run, passport_of(other))
    said = next(each for each in open_app("evaluate", run=run.id).warning if "Reproduced" in each.value)
    assert "- It went through 3 epochs instead of 2." in said.value
