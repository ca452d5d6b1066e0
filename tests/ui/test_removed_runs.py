"""A run whose folder somebody removes by hand, at any moment: the pages go on, without a word or with a sentence."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dl.runs import Run, RunStore
from dl.runs.checkpoints import Checkpoints
from dl.runs.status import State

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]
MOMENTS: dict[str, tuple[type, str]] = {
    "it was listed": (RunStore, "list"),
    "it was found": (RunStore, "get"),
    "its status was read": (Run, "status"),
    "its specification was read": (Run, "spec"),
    "its description was read": (Run, "dataset"),
    "its epochs were read": (Run, "epochs"),
    "its answers were read": (Run, "predictions"),
    "its checkpoints were listed": (Checkpoints, "list"),
}


def remove_after(run: Run, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, name = MOMENTS[moment]
    original = getattr(kind, name)

    def then_it_is_gone(self: Any, *arguments: Any, **options: Any) -> Any:
        result = original(self, *arguments, **options)
        shutil.rmtree(run.folder, ignore_errors=True)
        return result

    monkeypatch.setattr(kind, name, then_it_is_gone)


@pytest.mark.parametrize("state", ["FINISHED", "RUNNING"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("page", ["home", "train", "evaluate", "predict"])
def test_page_goes_on_when_the_folder_of_a_run_is_removed_after(
    page: str, moment: str, state: State, open_app: OpenPage, fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_run()
    run = fake_run(state, checkpoints=[1, 3])
    remove_after(run, moment, monkeypatch)
    app = open_app(page) if page == "home" else open_app(page, run=run.id)
    assert not app.exception
    app.run()
    assert not app.exception


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "PAUSED", "INTERRUPTED", "FAILED"])
def test_button_of_a_removed_run_gives_a_sentence(state: State, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(state)
    app = open_app("train", run=run.id)
    buttons = [button.key for button in app.button if button.key.startswith("train_")]
    assert buttons
    for key in buttons:
        app = open_app("train", run=run.id)
        shutil.move(run.folder, run.folder.with_name("aside"))
        app.button(key=key).click().run()
        assert not app.exception and len(app.error) == 1
        shutil.move(run.folder.with_name("aside"), run.folder)


def test_run_that_is_drawn_beside_another_may_be_removed(open_app: OpenPage, fake_run: FakeRun) -> None:
    run, beside = fake_run(), fake_run()
    app = open_app("train", run=run.id)
    app.multiselect(key="train_overlay").set_value([beside.id]).run()
    shutil.rmtree(beside.folder)
    assert not app.run().exception and not app.error


def test_run_that_trained_when_one_looked_last_may_be_removed(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    app = open_app("home")
    shutil.rmtree(run.folder)
    assert not app.run().exception and not app.error
