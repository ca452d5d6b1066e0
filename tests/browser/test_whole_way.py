"""From the first page to the pictures that were mistaken, as somebody who has never programmed goes it."""

import io
import os
import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from bench.page_object import Screen
from bench.served import Server
from dl.datasets import DatasetStore
from dl.evaluation.classification import cell_members, confusion_matrix
from dl.runs import Run, RunStore
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

DOWNLOADS = os.environ.get("LIVEFIT_DOWNLOADS", "")
PER_PAGE = 12


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    """As they are: with MNIST where it has been downloaded."""
    return {}


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    """None: they are fetched on the way."""
    return ()


@pytest.mark.skipif(not (Path(DOWNLOADS) / "mnist.npz").is_file(), reason="mnist.npz is not in LIVEFIT_DOWNLOADS")
def test_mistaken_digits_are_seen_when_the_one_button_on_home_is_pressed(
    visit: Callable[..., Screen], server: Server
) -> None:
    screen = visit()
    screen.button("home_train").click()
    run = _watch_it_learn(screen, server)
    assert run.spec().data.dataset == "mnist"
    results = run.results()
    assert results and results.scores["accuracy"] >= 0.965
    _evaluate(screen, run, server)


def test_mistaken_digits_are_seen_when_data_and_network_are_chosen_by_hand(
    visit: Callable[..., Screen], server: Server
) -> None:
    screen = visit()
    screen.go_to("explore")
    screen.choose_dataset("mnist_sample")
    expect(screen.says("dataset.mnist_sample_about")).to_be_visible()
    screen.page.locator(".st-key-explore_use button:enabled").click()
    expect(screen.title("configure")).to_be_visible()
    screen.open_tab("configure.training")
    screen.enter(screen.number_field("epochs"), 40)
    screen.button("configure_train").click()
    run = _watch_it_learn(screen, server)
    assert (run.spec().data.dataset, run.spec().training.epochs) == ("mnist_sample", 40)
    _evaluate(screen, run, server)


def _watch_it_learn(screen: Screen, server: Server) -> Run:
    """Steps are counted on the page whose URL names the run; at the end Evaluate is offered."""
    screen.page.wait_for_url(re.compile(r"/train\?run=\d+$"), timeout=60_000)
    expect(screen.title("train")).to_be_visible()
    screen.wait_for_step(screen.wait_for_step(1) + 1)
    expect(screen.button("train_evaluate")).to_be_visible(timeout=120_000)
    expect(screen.badge("FINISHED")).to_be_visible()
    run = RunStore(server.home / "runs").get(screen.page.url.rpartition("=")[2])
    steps = len(run.steps())
    assert screen.wait_for_step(1) == run.status().steps == steps
    screen.wait_for_point("loss", steps)
    return run


def _evaluate(screen: Screen, run: Run, server: Server) -> None:
    """The matrix shown is that of the predictions on disk; a click on its worst cell shows just those pictures."""
    predictions = run.predictions()
    assert predictions
    predicted = predictions.outputs.argmax(axis=1)
    matrix = confusion_matrix(predictions.targets, predicted, 10)
    screen.button("train_evaluate").click()
    screen.page.wait_for_url(re.compile(rf"/evaluate\?run={run.id}$"))
    cells = screen.page.get_by_role("grid").get_by_role("button")
    expect(cells).to_have_text([f"{count:,}" if count else "" for count in matrix.ravel()])
    true, answer = _worst(matrix)
    screen.cell(true, answer).click()
    screen.page.wait_for_url(re.compile(rf"cell={true}-{answer}"))
    sure = predictions.outputs.max(axis=1)
    rows = cell_members(predictions.targets, predicted, sure, true, answer)[:PER_PAGE]
    _pictures_are(screen, rows, true, answer, server, run)


def _worst(matrix: np.ndarray) -> tuple[int, int]:
    mistakes = matrix - np.diag(np.diag(matrix))
    true, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)
    return int(true), int(answer)


def _pictures_are(screen: Screen, rows: np.ndarray, true: int, answer: int, server: Server, run: Run) -> None:
    pictures = screen.page.locator("[data-testid=stImage]:not(.st-key-time_machine *) img")
    expect(pictures).to_have_count(len(rows))
    data = DatasetStore(Workspace(server.home, server.home)).open(run.spec().data.dataset)
    for picture, row in zip(pictures.all(), rows, strict=True):
        facts = {"row": row, "true": true, "predicted": answer, "confidence": ""}
        expect(picture).to_have_attribute("alt", re.compile(re.escape(screen.t("evaluate.picture_alt", **facts))))
        assert (_pixels(picture) == data.x_test[row, :, :, 0]).all()
    expect(screen.page.get_by_text(re.compile(rf"^{true} → {answer}\s"))).to_have_count(len(rows))


def _pixels(picture: Locator) -> np.ndarray:
    """The picture inside the drawing that the browser got."""
    drawing = b64decode(picture.evaluate("image => image.src.split('base64,')[1]"))
    found = re.search(rb"base64,([^\"]+)", drawing)
    assert found
    return np.asarray(Image.open(io.BytesIO(b64decode(found[1]))))
