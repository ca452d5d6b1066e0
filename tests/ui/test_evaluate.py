"""Evaluate: what the worker's predictions say, in numbers and pictures."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dl.runs import Run
from dl.runs.results import forget_results
from dl.workspace import Workspace
from ui.format import confidence

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "header")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def pictures(app: AppTest) -> list[Any]:
    return [image for element in app.get("image") for image in element.proto.imgs]


def busiest_mistake(run: Run) -> tuple[int, int, int]:
    """True class, predicted class and count of a cell beside the diagonal."""
    found = run.predictions()
    assert found
    wrong = found.predicted != found.targets
    cells, counts = np.unique(np.stack([found.targets, found.predicted], 1)[wrong], axis=0, return_counts=True)
    true, predicted = cells[counts.argmax()]
    return int(true), int(predicted), int(counts.max())


def set_predictions(run: Run, probabilities: np.ndarray) -> None:
    np.save(run.folder / "predictions" / "test_outputs.npy", probabilities.astype(np.float32))


def test_score_stands_beside_the_score_of_always_guessing(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(reached={"majority": (3, 0.1), "loss": 0.5})
    found = run.predictions()
    assert found
    app = open_app("evaluate", run=run.id)
    share, majority, loss = app.metric
    assert share.value == f"{(found.predicted == found.targets).mean() * 100:.1f} %"
    assert "of 360 pictures · 95 % range:" in share.delta
    assert (majority.label, majority.value, loss.value) == ("Always saying “3”", "10.0 %", "0.5")
    assert not app.exception


def test_newest_run_with_answers_is_shown_when_none_is_chosen(open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run()
    newest = fake_run()
    fake_run("FAILED")
    assert open_app("evaluate").selectbox(key="evaluate_run").value == newest.id


def test_mistakes_are_the_surest_first(open_app: OpenPage, fake_run: FakeRun) -> None:
    app = open_app("evaluate", run=fake_run().id)
    sure = [float(image.caption.split("\n")[1].removesuffix(" %")) for image in pictures(app)]
    assert len(sure) == 12 and sure == sorted(sure, reverse=True)
    assert "Surest mistakes" in words(app)


def test_cell_of_the_url_shows_exactly_its_pictures(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    true, predicted, count = busiest_mistake(run)
    app = open_app("evaluate", run=run.id, cell=f"{true}-{predicted}")
    assert f"{true} taken for {predicted}: {count}" in words(app)
    assert len(pictures(app)) == count
    assert all(image.caption.startswith(f"{true} → {predicted}") for image in pictures(app))
    assert all(f"true {true}, predicted {predicted}" in image.alt for image in pictures(app))


def test_closing_a_cell_brings_the_mistakes_back(open_app: OpenPage, fake_run: FakeRun) -> None:
    app = open_app("evaluate", run=fake_run().id, cell="4-4", page="2")
    app.button(key="evaluate_close_cell").click().run()
    assert "cell" not in app.query_params and "page" not in app.query_params
    assert "Surest mistakes" in words(app)


def test_cell_without_pictures_says_so(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    found = run.predictions()
    assert found
    set_predictions(run, np.eye(10)[found.targets])
    app = open_app("evaluate", run=run.id, cell="1-2")
    assert "No picture of 1 was taken for 2" in words(app) and not pictures(app)


@pytest.mark.parametrize("cell", ["10-1", "1", "a-b", "1-2-3", "-1-2", "²-1", "99999999-1"])
def test_nonsense_cell_in_the_url_counts_as_not_there(cell: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    app = open_app("evaluate", run=fake_run().id, cell=cell)
    assert not app.exception and "Surest mistakes" in words(app)


def test_no_mistakes_are_an_honest_state(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    found = run.predictions()
    assert found
    set_predictions(run, np.eye(10)[found.targets])
    app = open_app("evaluate", run=run.id)
    assert "There are none: all 360 test pictures are right" in words(app)
    assert app.metric[0].value == "100.0 %" and not pictures(app) and not app.exception


def test_class_that_was_never_predicted_has_no_precision(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    set_predictions(run, np.tile(np.eye(10)[3], (360, 1)))
    table = open_app("evaluate", run=run.id).dataframe[0].value
    assert np.isnan(table["precision"][0]) and table["recall"][3] == 100 and table["support"].sum() == 360


def test_no_runs_lead_to_configure(open_app: OpenPage) -> None:
    app = open_app("evaluate")
    assert "Nothing has been trained here yet" in words(app)
    assert app.get("page_link") and app.button(key="evaluate_train").label.startswith("Train a network")


def test_failed_run_says_why_and_leads_to_train(open_app: OpenPage, fake_run: FakeRun) -> None:
    fault = {"code": "training_failed", "facts": {"reason": "diverged", "epoch": 1, "step": 7}}
    app = open_app("evaluate", run=fake_run("FAILED", fault=fault).id)
    assert "training diverged" in app.error[0].value and app.get("page_link")
    assert not app.metric


@pytest.mark.parametrize(("state", "sentence"), [("RUNNING", "has not ended yet"), ("QUEUED", "has not ended yet")])
def test_open_run_is_told_to_wait(state: str, sentence: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(state)
    app = open_app("evaluate", run=run.id)
    assert sentence in app.info[0].value and app.get("page_link")


@pytest.mark.parametrize("shape", [(360, 9), (100, 10), (360,), (0, 10)])
def test_torn_predictions_give_a_sentence(shape: tuple[int, ...], open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    set_predictions(run, np.zeros(shape))
    app = open_app("evaluate", run=run.id)
    assert not app.exception and "cannot be read" in app.error[0].value


def test_numbers_stay_when_the_pictures_are_gone(open_app: OpenPage, fake_run: FakeRun, workspace: Workspace) -> None:
    run = fake_run()
    shutil.rmtree(workspace.datasets / "digits")
    app = open_app("evaluate", run=run.id)
    assert len(app.metric) == 3 and not pictures(app) and not app.exception
    app.button(key="evaluate_get_data").click().run()
    assert app.session_state["session"].choices["dataset"] == "digits"


def test_pictures_of_other_data_are_not_shown(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    description = json.loads((run.folder / "dataset.json").read_text())
    (run.folder / "dataset.json").write_text(json.dumps(description | {"fingerprint": "another"}))
    app = open_app("evaluate", run=run.id)
    assert "not the one that this run was tested on" in app.warning[0].value and not pictures(app)


def test_class_names_of_the_data_are_text_and_nothing_else(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    description = json.loads((run.folder / "dataset.json").read_text())
    description["columns"][-1]["levels"][0] = "![x](http://evil)"
    (run.folder / "dataset.json").write_text(json.dumps(description))
    app = open_app("evaluate", run=run.id, cell="0-0")
    assert "![x]" not in words(app) and r"\!\[x\]" in words(app)
    assert all("![x]" not in image.caption for image in pictures(app))


def test_everything_can_be_downloaded(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    kinds = [button.proto.label for button in open_app("evaluate", run=run.id).get("download_button")]
    assert kinds == [
        "Keras (11 B)",
        *("Report (HTML)", "Model card (Markdown)", "Predictions (CSV)"),
        *("Notebook (Jupyter)", "Keras script (Python)", "Configuration (JSON)", "Passport (JSON)"),
    ]


def test_model_is_not_offered_when_there_is_none(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    run.model_file.unlink()
    app = open_app("evaluate", run=run.id)
    assert len(app.get("download_button")) == 7
    assert "evaluate_exports_start" not in {button.key for button in app.button}


def test_choosing_another_run_forgets_the_cell(open_app: OpenPage, fake_run: FakeRun) -> None:
    first, second = fake_run(), fake_run()
    app = open_app("evaluate", run=second.id, cell="4-4")
    app.selectbox(key="evaluate_run").set_value(first.id).run()
    assert app.query_params["run"] == first.id and "cell" not in app.query_params


@pytest.mark.parametrize(
    ("probability", "text"), [(0.98765, "98.8 %"), (0.99949, "99.9 %"), (0.9995, ">99.9 %"), (1.0, ">99.9 %")]
)
def test_confidence_is_not_rounded_up_to_certainty(probability: float, text: str) -> None:
    assert confidence(probability) == text


def test_results_of_a_run_that_goes_on_say_when_they_are_from(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run("STOPPED")
    assert not open_app("evaluate", run=run.id).info
    run.write_status(run.written_status().update(state="PAUSED"))
    forget_results(run.folder)
    assert "taken up again" in open_app("evaluate", run=run.id).info[0].value
