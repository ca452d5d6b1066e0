"""Each page in both languages, and what its widgets do."""

import shutil
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets.catalogue import BUILTINS
from dl.runs import Run, RunStore
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace
from ui.frame import ICONS
from ui.text import catalogue

OpenPage = Callable[..., AppTest]
ReadBoard = Callable[[AppTest], dict[str, Any]]
FakeRun = Callable[..., Run]


def texts(app: AppTest) -> str:
    kinds = ("title", "caption", "markdown", "error", "info", "success", "warning", "subheader")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("page", ICONS)
def test_page_opens_in_both_languages(page: str, locale: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run()
    app = open_app(page, locale)
    assert not app.exception
    language, other = ("zh", "en") if locale.startswith("zh") else ("en", "zh")
    assert app.title[0].value == catalogue(language)[f"{page}.title"]
    assert catalogue(other)[f"{page}.question"] not in texts(app)


@pytest.mark.parametrize("page", ICONS)
def test_page_opens_when_nothing_has_been_trained(page: str, open_app: OpenPage) -> None:
    app = open_app(page)
    assert not app.exception and not app.error


def test_language_of_the_url_wins_over_the_browsers(open_app: OpenPage) -> None:
    assert open_app("home", "en-US", lang="zh").title[0].value == catalogue("zh")["home.title"]


def test_switch_changes_the_language_at_once(open_app: OpenPage) -> None:
    app = open_app("home")
    app.segmented_control(key="frame_language").set_value("zh").run()
    assert app.title[0].value == catalogue("zh")["home.title"]
    assert app.query_params["lang"] == "zh"


def test_home_shows_recent_runs_with_what_they_reached(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(reached={"accuracy": 0.875})
    app = open_app("home")
    assert f"#{run.id} · Digits" in texts(app)
    assert [metric.value for metric in app.metric] == ["87.5 %"]


def test_home_survives_a_run_that_cannot_be_read(open_app: OpenPage, fake_run: FakeRun) -> None:
    torn, whole = fake_run(), fake_run()
    (torn.folder / "status.json").write_text('{"state": "FIN')
    app = open_app("home")
    assert not app.exception
    assert f"Run #{torn.id} cannot be read" in texts(app) and f"#{whole.id} ·" in texts(app)


def test_configure_begins_with_the_textbook_network(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    table = app.dataframe[0].value
    assert list(table["parameters"]) == [0, 0, 0, (64 + 1) * 128, (128 + 1) * 10]
    assert not app.button(key="configure_train").disabled


def test_train_button_queues_exactly_what_is_shown(open_app: OpenPage, quiet_server: Workspace) -> None:
    app = open_app("configure", dataset="digits")
    app.text_input(key="configure_0_epochs").set_value("2").run()
    app.button(key="configure_train").click().run()
    (run,) = RunStore(quiet_server.runs).list()
    wanted: RunSpec = default_spec(BUILTINS["digits"])
    assert run.spec().training == wanted.training.model_copy(update={"epochs": 2})
    assert run.spec().model == wanted.model
    assert run.status().state == "QUEUED"


@pytest.mark.parametrize(("seconds", "runs"), [(60.0, 1), (0.0, 2)])
def test_second_click_on_train_goes_to_the_run_of_the_first(
    open_app: OpenPage, quiet_server: Workspace, monkeypatch: pytest.MonkeyPatch, seconds: float, runs: int
) -> None:
    """The browser had sent it before the first was answered. Later it is meant."""
    monkeypatch.setattr("ui.state.BEGUN_SECONDS", seconds)
    app = open_app("configure", dataset="digits")
    train = app.button(key="configure_train")
    for _ in range(2):
        train.click().run()
    assert not app.exception
    assert len(RunStore(quiet_server.runs).list()) == runs


def test_refused_network_cannot_be_trained_until_it_is_cured(open_app: OpenPage, quiet_server: Workspace) -> None:
    app = open_app("configure", dataset="digits")
    app.text_input(key="configure_0_3_units").set_value("7").run()
    assert "Set its units to 10" in app.error[0].value
    assert app.button(key="configure_train").disabled
    app.button(key="configure_cure_error_0").click().run()
    assert not app.error and not app.button(key="configure_train").disabled
    assert RunStore(quiet_server.runs).list() == []


def test_click_right_after_typing_trains_what_was_typed(open_app: OpenPage, quiet_server: Workspace) -> None:
    """The browser sends both in one go when the click takes the focus from the field."""
    app = open_app("configure", dataset="digits")
    app.text_input(key="configure_0_epochs").set_value("20")
    app.button(key="configure_train").click().run()
    (run,) = RunStore(quiet_server.runs).list()
    assert run.spec().training.epochs == 20


def test_click_right_after_typing_nonsense_trains_nothing(open_app: OpenPage, quiet_server: Workspace) -> None:
    app = open_app("configure", dataset="digits")
    app.text_input(key="configure_0_epochs").set_value("0")
    app.button(key="configure_train").click().run()
    assert RunStore(quiet_server.runs).list() == []
    assert "at least 1" in app.error[0].value


def test_learning_rate_of_zero_is_refused(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.text_input(key="configure_0_Adam_learning_rate").set_value("0.0").run()
    assert "greater than 0" in app.error[0].value and app.button(key="configure_train").disabled
    assert not app.exception


def test_removing_a_layer_can_be_undone(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.button(key="configure_0_2_remove").click().run()
    assert len(app.dataframe[0].value) == 4
    app.button(key="configure_undo").click().run()
    assert len(app.dataframe[0].value) == 5


def test_preset_replaces_the_layers(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.pills[0].set_value("convolutional").run()
    assert list(app.dataframe[0].value["layer"])[2] == "2 · Conv2D"
    assert not app.exception and not app.error


def test_optimizer_brings_its_own_defaults(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="digits")
    app.selectbox(key="configure_0_optimizer").set_value("GradientDescent").run()
    assert app.text_input(key="configure_0_GradientDescent_learning_rate").value == "0.5"
    assert not app.exception


def test_unknown_dataset_in_the_url_gives_a_sentence(open_app: OpenPage) -> None:
    app = open_app("configure", dataset="nonsense")
    assert "There is no data set called “nonsense”" in app.error[0].value
    assert not app.exception


def test_train_shows_the_run_of_the_url(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    fake_run()
    running = fake_run("RUNNING", epochs=2)
    fake_run()
    app = open_app("train", run=running.id)
    first = board(app)["first"]
    assert (first["step"], first["steps"], board(app)["source"]["run"]) == (24, 60, running.id)
    assert app.button(key="train_stop")
    assert not app.exception


def test_stop_is_a_wish_and_twice_is_harmless(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    running = fake_run("RUNNING")
    app = open_app("train", run=running.id)
    app.button(key="train_stop").click().run()
    assert running.requested_at("stop") is not None
    assert app.button(key="train_stop").disabled and board(app)["first"]["wish"] == "stop"


def test_waiting_run_can_be_cancelled(open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run("RUNNING")
    first, second = fake_run("QUEUED"), fake_run("QUEUED")
    app = open_app("train", run=first.id)
    app.button(key=f"train_cancel_{first.id}").click().run()
    assert first.status().state == "STOPPED" and second.status().state == "QUEUED"
    assert not app.exception


def test_failed_run_says_why_and_shows_its_log(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    fault = {"code": "training_failed", "facts": {"reason": "diverged", "epoch": 1, "step": 7}}
    run = fake_run("FAILED", log="Traceback: the details", fault=fault)
    app = open_app("train", run=run.id)
    assert "training diverged" in board(app)["result"]["text"] and board(app)["result"]["tone"] == "wrong"
    assert "Traceback: the details" in app.code[0].value


def test_ended_run_offers_its_evaluation(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run(reached={"accuracy": 0.9, "majority": (0, 0.1)})
    app = open_app("train", run=run.id)
    result = board(app)["result"]
    assert "90.0 %" in result["text"] and "10.0 %" in result["text"] and result["tone"] == "right"
    assert app.button(key="train_evaluate")


def test_another_run_can_be_chosen_when_the_wanted_one_is_damaged(open_app: OpenPage, fake_run: FakeRun) -> None:
    whole, torn = fake_run(), fake_run()
    (torn.folder / "status.json").write_text("")
    app = open_app("train", run=torn.id)
    assert app.title and f"Run #{torn.id} cannot be read" in app.error[0].value
    app.selectbox(key=f"run_switch_{torn.id}").set_value(whole.id).run()
    assert not app.error and not app.exception and app.button(key="train_evaluate")


def test_run_stopped_early_does_not_claim_all_epochs(open_app: OpenPage, fake_run: FakeRun, board: ReadBoard) -> None:
    run = fake_run(stopped_early=True)
    assert board(open_app("train", run=run.id))["first"]["stopped_early"] is True


def test_run_has_its_own_name_when_all_before_it_were_removed(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    """With the whole folder of runs the numbers begin anew."""
    gone = fake_run()
    assert "Textbook" in texts(open_app("home"))
    shutil.rmtree(quiet_server.runs)
    again = fake_run(spec=default_spec(BUILTINS["digits"], "convolutional"))
    assert again.id == gone.id
    assert "Convolutional" in texts(open_app("home"))


@pytest.mark.parametrize("wanted", ["999", "../../etc", "abc", "0"])
@pytest.mark.parametrize("page", ["train", "evaluate"])
def test_unknown_run_in_the_url_gives_a_sentence(page: str, wanted: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run()
    app = open_app(page, run=wanted)
    assert not app.exception
    assert "There is no run" in app.error[0].value


@pytest.mark.parametrize("file", ["spec.json", "status.json", "dataset.json"])
@pytest.mark.parametrize("content", [b"", b'{"state": ', None])
@pytest.mark.parametrize("page", ["home", "train", "evaluate"])
def test_damaged_run_gives_a_sentence(
    page: str, content: bytes | None, file: str, open_app: OpenPage, fake_run: FakeRun
) -> None:
    run = fake_run()
    (run.folder / file).unlink() if content is None else (run.folder / file).write_bytes(content)
    app = open_app(page, run=run.id)
    assert not app.exception
