"""Predict: a network is tried on a drawing, a picture, a test picture or a row, of any epoch that was kept."""

import base64
import contextlib
import io
import json
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from bench.pen import drawn
from dl.datasets import DatasetStore
from dl.datasets.handwriting import Handwriting
from dl.errors import MissingColumns
from dl.jobs.run_jobs import JobStatus, RunJobs, write_status
from dl.models.store import ForeignModel, ModelStore
from dl.prediction import answers_job
from dl.prediction.epochs import find_epochs
from dl.prediction.keras_network import KerasNetwork
from dl.prediction.light import FACTS, LightFacts, folder_of
from dl.prediction.networks import Networks
from dl.prediction.requests import begin_upload, read_request
from dl.prediction.test_rows import test_rows_of as rows_of
from dl.runs import Run, RunStore
from dl.runs.epoch_predictions import kept_epochs
from dl.workspace import Workspace
from ui.server import server

OpenPage = Callable[..., AppTest]


@pytest.fixture
def workspace(trained_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """What `open_app` opens."""
    monkeypatch.setenv("LIVEFIT_DOWNLOADS", str(trained_home.downloads))
    return trained_home


def pad(app: AppTest) -> dict[str, Any]:
    components = [element.proto for element in app.get("bidi_component")]
    (found,) = [json.loads(part.json) for part in components if part.component_name == "livefit_try_it"]
    return dict(found)


def png_url(ink: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(np.rint(ink * 255).astype(np.uint8)).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def words(app: AppTest) -> str:
    return "\n".join(
        str(part.value) for kind in ("markdown", "caption", "info", "warning", "error") for part in app.get(kind)
    )


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize(
    ("run", "query"), [("1", {}), ("1", {"by": "picture"}), ("1", {"by": "example"}), ("2", {}), ("3", {"row": "5"})]
)
def test_page_opens_for_each_kind_of_data_in_both_languages(
    run: str, query: dict[str, str], locale: str, open_app: OpenPage
) -> None:
    app = open_app("predict", locale, run=run, **query)
    assert not app.exception and not app.error and not app.warning


def test_canvas_is_told_where_to_ask_what_and_of_which_epoch(open_app: OpenPage, workspace: Workspace) -> None:
    last = kept_epochs(Run(workspace.runs / "1"))[-1]
    data = pad(open_app("predict", run="1", epoch=str(last)))
    assert (data["url"], data["epoch"], data["pushed"]) == ("api/runs/1/predict", last, False)
    assert [step.get("name") for step in data["steps"]] == ["", "cut", "fit", "centre"]
    assert list(data["classes"].values()) == list("0123456789")
    assert pad(open_app("predict", run="1", epoch="77"))["epoch"] is None, "one that was not kept is the end"


def test_page_asks_the_network_itself_where_nothing_is_pushed(open_app: OpenPage) -> None:
    url = png_url(drawn(3, np.random.default_rng(0)))
    app = open_app("predict", run="1")
    app.session_state["predict_try_1_draw"] = {"asked": {"picture": url, "left": ["fit"]}}
    answered = pad(app.run())["answered"]
    assert answered["answer"] in "0123456789" and set(answered["seen"]) == {"drawn", "cut", "fitted", "picture"}
    app.session_state["predict_try_1_draw"] = {"asked": {"picture": "data:image/png;base64,eA==", "left": []}}
    assert pad(app.run())["answered"]["error"] == "bad_picture"
    for nonsense in ("x", {"picture": 7}, {"picture": "http://elsewhere", "left": []}, {"picture": url}):
        app.session_state["predict_try_1_draw"] = {"asked": nonsense}
        assert pad(app.run())["answered"] is None and not app.exception


def test_test_picture_is_given_in_its_own_size_and_another_can_be_chosen(
    open_app: OpenPage, workspace: Workspace
) -> None:
    app = open_app("predict", run="1", by="example", row="17")
    data, store = pad(app), DatasetStore(workspace).open("digits")
    picture = Image.open(io.BytesIO(base64.b64decode(data["picture"].partition(",")[2])))
    assert data["exact"] and picture.size == (8, 8) and len(data["steps"]) == 1
    assert np.array_equal(np.asarray(picture) > 0, store.x_test[17, ..., 0] > 0)
    assert f"its true class is **{store.y_test[17]}**" in words(app)
    app.number_input(key="predict_row_17").set_value(18).run()
    assert app.query_params["row"] == "18" and not app.exception


def test_form_answers_what_stands_in_it_and_starts_from_a_row_of_the_test_set(
    open_app: OpenPage, workspace: Workspace
) -> None:
    app = open_app("predict", run="2")
    ready = Networks(workspace).of(Run(workspace.runs / "2"))
    age = app.text_input(key="predict_field_c0_None")
    assert 38 < float(age.value) < 42 and app.selectbox(key="predict_field_c1_None").value in ("Bern", "Lyon")
    age.set_value("70").run()
    app.selectbox(key="predict_field_c1_None").set_value("Bern").run()
    row = {"age": 70.0, "city": "Bern", "since": app.datetime_input(key="predict_field_c2_None").value.isoformat()}
    expected = ready.dataset.classes[int(ready.rows([row])[0].argmax())]
    assert app.metric[0].value == expected and not app.exception
    app.number_input(key="predict_row_None").set_value(3).run()
    assert app.query_params["row"] == "3"
    first = app.text_input(key="predict_field_c0_3").value
    app.button(key="predict_usual").click().run()
    assert "row" not in app.query_params and app.text_input(key="predict_field_c0_None").value != first


def test_number_may_have_a_decimal_comma_and_what_is_none_is_said(open_app: OpenPage) -> None:
    app, key, answers = open_app("predict", run="3"), "predict_field_c0_None", []
    for typed in ("45.5", "45,5", "455", ""):
        app.text_input(key=key).set_value(typed).run()
        assert not app.exception and not app.error
        answers.append(app.metric[0].value)
    assert answers[0] == answers[1] and len(set(answers)) == 3
    app.text_input(key=key).set_value("old").run()
    assert "“old” in column “age” is no number" in app.error[0].value and app.text_input(key=key).value == "old"


def test_number_is_answered_with_its_epoch(open_app: OpenPage) -> None:
    end, first = (open_app("predict", run="3", **query).metric[0].value for query in ({}, {"epoch": "1"}))
    assert float(end.replace(",", "")) > 0 and end != first


def test_link_of_the_form_shows_nothing_else(open_app: OpenPage) -> None:
    app = open_app("predict", run="2", view="form")
    assert app.metric and not app.title and not app.expander and "predict_run" not in [box.key for box in app.selectbox]
    assert app.segmented_control(key="frame_language")


def test_link_to_the_network_of_pictures_leads_to_the_paper_or_to_what_it_names_and_to_nothing_else(
    open_app: OpenPage,
) -> None:
    for query, hint in (({}, "Draw a digit here"), ({"by": "picture"}, None), ({"by": "example"}, None)):
        app = open_app("predict", run="1", view="form", **query)
        assert pad(app)["keeping"] is False and not app.exception
        assert [expander.label for expander in app.expander] in ([], ["Take a picture"])
        assert [group.key for group in app.get("button_group")] == ["frame_language"]
        assert hint is None or pad(app)["labels"]["hint"] == hint


def test_network_without_a_light_form_is_made_ready(
    open_app: OpenPage, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(RunJobs, "start", lambda jobs, run: begun.append(run.id))
    (folder_of(Run(workspace.runs / "1")) / FACTS).unlink()
    monkeypatch.setattr(RunJobs, "status", lambda jobs, run: JobStatus(state="running"))
    assert "being made ready" in words(open_app("predict", run="1")) and "1" in begun


@pytest.mark.slow
def test_process_answers_for_a_network_that_has_no_light_form(open_app: OpenPage, workspace: Workspace) -> None:
    answer = open_app("predict", run="2").metric[0]
    run = Run(workspace.runs / "2")
    (folder_of(run) / FACTS).write_text(LightFacts(difference=0.5).model_dump_json())
    assert "A process with Keras is being started" in words(open_app("predict", run="2"))
    with contextlib.closing(server().networks) as networks:
        network = networks.of(run, patient=True).network
        network.ask(rows_of(run, DatasetStore(workspace)).block(slice(0, 1)))
        assert isinstance(network, KerasNetwork)
        app = open_app("predict", run="2")
        assert (app.metric[0].value, app.metric[0].delta) == (answer.value, answer.delta)
        assert "differs from Keras by 5.0e-01" in words(app) and "takes a little longer" in words(app)


def test_slider_is_kept_in_the_url_and_evaluate_follows_it(open_app: OpenPage, workspace: Workspace) -> None:
    run = Run(workspace.runs / "1")
    find_epochs(run, workspace, lambda done, total: None)
    app = open_app("evaluate", run="1")
    end = app.metric[0].value
    slider = app.select_slider(key="time_machine_1")
    assert slider.value == "end" and not app.exception
    slider.set_value(1).run()
    assert app.query_params["epoch"] == "1" and app.metric[0].value != end
    app.select_slider(key="time_machine_1").set_value("end").run()
    assert "epoch" not in app.query_params and app.metric[0].value == end


def test_play_begins_at_the_first_epoch_and_can_be_ended(open_app: OpenPage) -> None:
    app = open_app("predict", run="1")
    app.button(key="time_machine_play").click().run()
    assert app.query_params["epoch"] == "1"
    label = app.button(key="time_machine_play").label
    app.button(key="time_machine_play").click().run()
    assert app.button(key="time_machine_play").label != label and app.query_params["epoch"] == "1"


def test_answers_of_epochs_are_looked_for_when_evaluate_is_opened(
    open_app: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(RunJobs, "start", lambda jobs, run: begun.append(f"{jobs._kind} {run.id}"))
    app = open_app("evaluate", run="2", epoch="1")
    assert begun == ["epochs 2"] and not app.exception


def test_nothing_to_try_leads_to_configure(open_app: OpenPage, workspace: Workspace) -> None:
    shutil.rmtree(workspace.runs)
    app = open_app("predict")
    assert "this page lets you try it" in words(app) and app.get("page_link")


def test_handwriting_is_scored_trained_on_and_removed(open_app: OpenPage, workspace: Workspace) -> None:
    dataset = DatasetStore(workspace).imported("digits")
    mine, random = Handwriting(workspace, dataset), np.random.default_rng(0)
    assert "Draw a digit and say above" in words(open_app("predict", run="1"))
    for digit in (0, 1) * 5:
        mine.keep(base64.b64decode(png_url(drawn(digit, random)).partition(",")[2]), digit)
    app = open_app("predict", run="1")
    ready, every = Networks(workspace).of(Run(workspace.runs / "1")), mine.drawings()
    right = int((ready.pictures(every.pictures).answers.argmax(axis=1) == every.labels).sum())
    assert f"{right} of 10 drawings right" in words(app) and "of the test set" in words(app)
    app.button(key="predict_mine_undo").click().run()
    assert len(mine.drawings()) == 9 and app.button(key="predict_mine_train").disabled
    mine.keep(base64.b64decode(png_url(drawn(1, random)).partition(",")[2]), 1)
    app = open_app("predict", run="1")
    app.button(key="predict_mine_train").click().run()
    (queued,) = [run for run in RunStore(workspace.runs).list() if run.id not in "123"]
    assert queued.spec().data.dataset == "digits_with_mine" and queued.spec().model == ready.network.run.spec().model
    app = open_app("predict", run="1")
    app.button(key="predict_mine_remove_yes").click().run()
    assert len(mine.drawings()) == 0 and not app.exception


@pytest.fixture
def asked(workspace: Workspace) -> Run:
    """A file for run 2 that was uploaded and answered as its job does it."""
    content = io.BytesIO(b"age,city,since,note\n" + b"41,Bern,2021-03-01,=1+1\n" * 20 + b"1,2,3,4,5,6\n")
    asked = begin_upload(workspace, Run(workspace.runs / "2"), "../new rows.csv", content, None)
    answers_job.work(asked, workspace, lambda done, total: None)
    write_status(asked, "answers", JobStatus(state="done", done=20, total=20))
    return asked


def test_file_comes_back_with_its_answers_and_the_rows_that_could_not_be_read(open_app: OpenPage, asked: Run) -> None:
    app = open_app("predict", run="2", by="file", answers=asked.id)
    assert "All 20 rows are answered" in app.success[0].value and not app.exception
    first = app.dataframe[0].value
    assert first["note"][0] == "'=1+1" and first["predicted"][0] in ("old", "near", "far") and len(first) == 8
    assert app.get("download_button") and len(app.dataframe) == 2
    assert [path.name for path in asked.folder.iterdir() if path.name.startswith("source")] == []
    app.button(key="predict_file_another").click().run()
    assert "answers" not in app.query_params and "age, city, since" in words(app)


@pytest.mark.parametrize("token", ["0123456789abcdef", "..%2Fruns", "nonsense"])
def test_answers_that_are_not_here_are_said(token: str, open_app: OpenPage) -> None:
    app = open_app("predict", run="2", by="file", answers=token)
    assert "not here any more" in words(app) and not app.exception


def test_file_that_lacks_columns_says_which(open_app: OpenPage, workspace: Workspace) -> None:
    asked = begin_upload(workspace, Run(workspace.runs / "2"), "new.csv", io.BytesIO(b"age,town\n1,Bern\n"), None)
    with pytest.raises(MissingColumns) as caught:
        answers_job.work(asked, workspace, lambda done, total: None)
    write_status(asked, "answers", JobStatus(state="failed", code=caught.value.code, facts=caught.value.facts))
    app = open_app("predict", run="2", by="file", answers=asked.id)
    assert "city" in app.error[0].value and "since" in app.error[0].value and "town" in app.error[0].value
    assert not (asked.folder / "answers.csv").exists()


def test_file_that_is_being_answered_shows_how_far_and_can_be_cancelled(
    open_app: OpenPage, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = begin_upload(workspace, Run(workspace.runs / "2"), "new.csv", io.BytesIO(b"age\n1\n"), 2)
    assert read_request(asked.folder).epoch == 2
    monkeypatch.setattr(RunJobs, "status", lambda jobs, run: JobStatus(state="running", done=3, total=10))
    app = open_app("predict", run="2", by="file", answers=asked.id)
    assert "3 of 10 rows" in app.get("progress")[0].proto.text
    app.button(key="predict_file_cancel").click().run()
    assert "answers" not in app.query_params and not app.exception


def test_model_from_elsewhere_is_listed_tried_and_removed(open_app: OpenPage, workspace: Workspace) -> None:
    store = ModelStore(workspace)
    run = store.begin("theirs.keras", io.BytesIO(b"x"), "as_stored")
    facts = ForeignModel(
        name="<b>theirs", input_shape=(8, 8, 1), outputs=10, parameters=650, layers=("Dense",), added_at=1
    )
    store.suit(run, DatasetStore(workspace).imported("digits"))
    store.let_in(run, facts)
    shutil.copytree(folder_of(Run(workspace.runs / "1")), folder_of(run))
    app = open_app("predict", run="1")
    assert "650 parameters" in words(app)
    app.button(key=f"predict_try_{run.id}").click().run()
    assert app.query_params["model"] == run.id and pad(app)["url"] == f"api/runs/{run.id}/predict"
    assert not app.select_slider and not app.exception
    app.button(key="predict_back").click().run()
    assert "model" not in app.query_params
    app.button(key=f"predict_remove_{run.id}").click().run()
    assert store.known() == {} and not app.exception
    app.button(key="predict_model_undo").click().run()
    assert list(store.known()) == [run.id] and "650 parameters" in words(app) and not app.exception


def test_model_that_was_refused_says_why_until_that_was_read(open_app: OpenPage, workspace: Workspace) -> None:
    store = ModelStore(workspace)
    run = store.begin("evil.keras", io.BytesIO(b"x"), "as_stored")
    facts = {"reason": "not_allowed", "name": "keras.layers.Lambda"}
    write_status(run, "model", JobStatus(state="failed", code="model_refused", facts=facts))
    app = open_app("predict", run="1")
    app.session_state["session"].choices["model"] = run.id
    app.run()
    app.run()
    assert "keras.layers.Lambda" in app.error[0].value and not run.model_file.exists()
    app.button(key="predict_model_understood").click().run()
    assert not app.error and not run.folder.exists() and not app.exception
