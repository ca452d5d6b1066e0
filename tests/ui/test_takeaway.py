"""What is taken away from a run: exports when they are asked for, and a card and a report that say what is true."""

import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets import DatasetStore
from dl.jobs.run_jobs import JobStatus, RunJobs, write_status
from dl.preparation import Preparation
from dl.runs import Run, RunStore
from dl.runs.environment import Environment, write_environment
from dl.runs.exports import Export, Exports, write_exports
from dl.runs.results import Results, write_results
from dl.specs.presets import default_spec
from dl.workspace import Workspace
from ui.evaluate.table.answers import Answers, table_answers
from ui.evaluate.takeaway.card import model_card
from ui.evaluate.takeaway.exports import small
from ui.evaluate.takeaway.packing import packed
from ui.evaluate.takeaway.report import html_report

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]
HOSTILE = "<script>alert(1)</script> **bold** | [x](http://y)"


class Reader(HTMLParser):
    """The tags that a file opens, the addresses it names, and its words."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img", "path", "rect", "circle", "polyline"):
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def answers_of(run: Run) -> Answers:
    found = table_answers(run)
    assert found
    return found


@pytest.fixture
def digits_answers(quiet_server: Workspace, fake_run: FakeRun) -> Answers:
    run = fake_run(checkpoints=[])
    run.relabel(name=HOSTILE)
    here = {name: "1.2.3" for name in ("python", "keras", "tensorflow", "numpy", "system", "processor")}
    write_environment(run.folder, Environment(**here, cores=2, gpus=0))
    return answers_of(run)


@pytest.fixture
def numbers_answers(quiet_server: Workspace) -> Answers:
    """Of a run that guesses 150 for every row of a table."""
    known = DatasetStore(quiet_server).bring("diabetes")
    table = DatasetStore(quiet_server).table("diabetes")
    run = RunStore(quiet_server.runs).create(default_spec(known), known, claimed=True)
    (run.folder / "predictions").mkdir()
    targets = np.linspace(50, 300, len(table.test_rows), dtype=np.float32)
    arrays = {"rows": table.test_rows, "targets": targets, "outputs": np.full((len(targets), 1), 150, np.float32)}
    for name, array in arrays.items():
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    write_results(run.folder, Results(scores={"loss": 1.0}))
    return answers_of(run)


def test_card_tells_data_scores_training_and_limits_and_takes_no_name_for_markdown(digits_answers: Answers) -> None:
    card = model_card(digits_answers)
    right = int((digits_answers.predicted == digits_answers.targets).sum())
    assert f"It names {right} of 360 test examples correctly" in card
    assert "CC BY 4.0" in card and "TensorFlow 1.2.3" in card and "It is weakest on" in card
    assert re.search(r"\| Accuracy \| [\d.]+ % \| [\d.]+ % – [\d.]+ % \| [\d.]+ % \|", card)
    heading = card.splitlines()[0]
    assert "\\*\\*bold\\*\\*" in heading and "\\<script\\>" in heading and "\\[x\\]" in heading and "\\|" in heading


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_stands_alone_and_takes_no_name_for_html(
    digits_answers: Answers, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr("ui.text.language", lambda: language)
    content = html_report(digits_answers)
    report = Reader(content)
    assert report.open == [] and "script" not in report.tags and HOSTILE in report.words
    assert report.addresses and all(address.startswith("data:image/png;base64,") for address in report.addresses)
    assert "default-src 'none'" in content and not re.search(r"url\(|@import", content)
    assert report.tags.count("svg") == 2, "loss and accuracy"
    assert ("Limits" in report.words) == (language == "en") and ("局限" in report.words) == (language == "zh")
    assert "{" not in re.sub(r"<style>.*?</style>", "", content, flags=re.DOTALL)


def test_report_on_pictures_that_are_not_here_shows_all_but_them(
    digits_answers: Answers, quiet_server: Workspace
) -> None:
    (quiet_server.datasets / "digits" / "dataset.json").unlink()
    report = Reader(html_report(digits_answers))
    assert not report.addresses and "Confusion matrix" in report.words


def test_report_on_numbers_says_that_it_guesses_and_shows_its_errors(numbers_answers: Answers) -> None:
    content = html_report(numbers_answers)
    assert Reader(content).tags.count("svg") == 2, "predicted against true, and errors; it has no epochs"
    assert "Its worst answer on the test set was 150, where 300 was right." in content
    assert "answers are too low by 25, more than chance explains" in content
    assert "none stated: ask the authors" in content


def test_exports_are_made_only_when_asked_for_and_can_be_cancelled(
    open_app: OpenPage, fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, started = fake_run(), []
    monkeypatch.setattr(RunJobs, "_next", lambda jobs: started.extend(jobs._waiting))
    app = open_app("evaluate", run=run.id)
    assert not started
    app.button(key="evaluate_exports_start").click().run()
    assert started and set(started) == {run} and app.button(key="evaluate_exports_cancel")
    app.button(key="evaluate_exports_cancel").click().run()
    assert app.button(key="evaluate_exports_start") and not app.exception


def test_exports_that_failed_say_why_and_can_be_asked_for_again(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    write_status(
        run, "exports", JobStatus(state="failed", code="job_crashed", facts={"run": run.id, "reason": "exports"})
    )
    app = open_app("evaluate", run=run.id)
    assert "Exporting the network of run #1 failed" in app.error[0].value
    assert app.button(key="evaluate_exports_start")


def test_exports_show_how_far_they_are_off_and_why_one_is_missing(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    made = [
        Export(format="keras", bytes=10, rows=100, difference=0.0),
        Export(format="onnx", bytes=20, rows=100, difference=2.4e-7),
        Export(format="litert", reason="precision"),
    ]
    write_exports(run.folder, Exports(exports=tuple(made)))
    app = open_app("evaluate", run=run.id)
    said = " ".join(caption.value for caption in app.caption)
    assert "differ by 0 at most" in said and "differ by 2.4 × 10⁻⁷ at most" in said
    assert "LiteRT cannot be made: it was trained with mixed precision" in said
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels[:2] == ["Keras (10 B)", "ONNX (20 B)"]


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (6e-8, "6.0 × 10⁻⁸"), (0.00099, "9.9 × 10⁻⁴"), (0.25, "0.25")])
def test_small_differences_are_powers_of_ten(value: float, text: str) -> None:
    assert small(value) == text


def test_network_that_knows_no_words_comes_with_how_columns_are_prepared(
    numbers_answers: Answers, quiet_server: Workspace
) -> None:
    run = numbers_answers.run
    number: Any = {"name": "age", "field": "c0", "centre": 50.0, "scale": 10.0}
    target: Any = {"name": "progression", "field": "c9"}
    preparation = Preparation.model_validate({"numbers": [number], "categories": [], "target": target})
    run.preparation_file.write_text(preparation.model_dump_json())
    network = quiet_server.home / "model.onnx"
    network.write_bytes(b"network")
    with zipfile.ZipFile(io.BytesIO(packed(run, network))) as archive:
        assert archive.namelist() == ["model.onnx", "preparation.json", "README.txt"]
        assert Preparation.model_validate_json(archive.read("preparation.json")) == preparation
        manual = archive.read("README.txt").decode()
    assert "(rows, 1), in the order of “numbers”" in manual and "“categories”" not in manual
    assert "“progression”, measured as in the data" in manual
