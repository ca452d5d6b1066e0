"""A network for a table: its columns on Configure, its scores and the guess on Train, and the way to Evaluate."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from bench.page_object import Screen
from bench.served import Server
from dl.datasets import DatasetStore
from dl.datasets.tables.request import TableRequest
from dl.runs import Run, RunStore
from dl.workspace import Workspace

pytestmark = pytest.mark.browser
EPOCHS = 2
GUESS = """key => [...document.querySelectorAll(`.st-key-${key} *`)]
    .flatMap(node => [...(node.shadowRoot?.querySelectorAll('.chart') ?? [])])
    .flatMap(node => node._fullData ?? []).find(trace => trace.uid === 'baseline' && trace.y?.length === 2)?.text[1]"""


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    """Only those that are imported here."""
    return ()


@pytest.fixture(scope="module")
def tables(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Who owns a house, and in how many years people retire, as somebody has imported them."""
    random = np.random.default_rng(3)
    age, job = random.integers(18, 80, 400), random.choice(["nurse", "cook", "pilot"], 400)
    owns = np.where(age + random.normal(0, 6, 400) > 50, "yes", "no")
    years = [f"{value:.1f} years" for value in 75 - 0.6 * age + random.normal(0, 2, 400)]
    folder, workspace = tmp_path_factory.mktemp("files"), Workspace(server.home, server.home / "downloads")
    for name, target in (("owns_house", owns), ("retires_in", years)):
        pd.DataFrame({"age": age, "job": job, name: target}).to_csv(folder / f"{name}.csv", index=False)
        request = TableRequest(id=name, name=name, source=str(folder / f"{name}.csv"), target=name)
        DatasetStore(workspace).bring_table(request)
    return server.home


@pytest.mark.parametrize(
    ("dataset", "language", "metric", "page"),
    [("owns_house", "en", "accuracy", "decisions"), ("retires_in", "zh", "mean_absolute_error", "errors")],
)
def test_strong_network_is_trained_beside_its_guess_and_evaluated(
    dataset: str, language: str, metric: str, page: str, visit: Callable[..., Screen], tables: Path
) -> None:
    screen = visit(f"configure?dataset={dataset}", language=language)
    screen.page.get_by_role("radio", name=screen.t("preset.strong"), exact=True).click()
    expect(screen.number_field("bins")).to_have_value("64")
    screen.open_tab("configure.training")
    screen.enter(screen.number_field("epochs"), EPOCHS)
    screen.button("configure_cure_error_0").click()  # its warm-up is too long for so few
    screen.button("configure_train").click()
    screen.page.wait_for_url(re.compile(r"run=1|run=2"))
    expect(screen.button("train_evaluate")).to_be_visible(timeout=300_000)
    guess = screen.page.wait_for_function(GUESS, arg=f"train_{metric}").json_value()
    run = next(run for run in RunStore(tables / "runs").list() if run.spec().data.dataset == dataset)
    _says_what_came_out(screen, run, metric, str(guess))
    screen.button("train_evaluate").click()
    expect(screen.title("evaluate")).to_be_visible()
    expect(screen.page.get_by_role("radio", name=screen.t(f"answers.view_{page}"))).to_be_visible()


def _says_what_came_out(screen: Screen, run: Run, metric: str, guess: str) -> None:
    baseline, results = run.baseline(), run.results()
    assert baseline and results and results.baseline
    result = screen.page.locator(".board .result")
    if metric == "accuracy":
        assert f"{100 * baseline.scores[metric]:.1f}" in guess
        expect(result).to_contain_text(f"{100 * results.scores[metric]:.1f} %")
        return
    assert guess == screen.t("train.baseline_average", score=f"{baseline.scores[metric]:.3g} years")
    for scores in (results.scores, results.baseline.scores):
        expect(result).to_contain_text(f"{scores[metric]:.3g} years")
