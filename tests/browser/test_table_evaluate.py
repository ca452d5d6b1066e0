"""Evaluate on runs of tables: what moves with the threshold, what columns are worth, and the rows that are worst."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from bench.page_object import Screen
from bench.served import Server
from dl.datasets import DatasetStore
from dl.runs import Run, RunStore
from dl.runs.results import Results, write_results
from dl.specs.presets import default_spec
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("breast_cancer", "diabetes")


def test_threshold_moves_the_matrix_and_columns_are_shuffled_when_asked(
    visit: Visit, train: TrainRun, wait_until: Callable[..., None]
) -> None:
    run = train("breast_cancer", epochs=2)
    wait_until(lambda: run.status().ended)
    screen = visit(f"evaluate?run={run.id}").settle()
    expect(screen.cell(0, 0)).not_to_have_text("")
    screen.page.get_by_role("slider", name=screen.t("answers.threshold")).press("Home")
    expect(screen.page.get_by_text("From 0.000 on")).to_be_visible()
    for true in range(2):  # everything is taken for what one looks for
        expect(screen.cell(true, 0)).to_have_text("")
        expect(screen.cell(true, 1)).not_to_have_text("")

    screen.page.get_by_role("radio", name=screen.t("answers.view_importance")).click()
    screen.button("evaluate_importance_start").click()
    expect(screen.button("evaluate_importance_cancel")).to_be_visible()
    chart = screen.page.locator(".st-key-evaluate_importance .js-plotly-plot")
    expect(chart.locator(".yaxislayer-above text, .yaxislayer-below text").first).to_be_visible(timeout=120_000)
    expect(screen.page.get_by_text("The network takes most from")).to_be_visible()

    link = screen.page.get_by_role("link", name=screen.t("evaluate.download_predictions"))
    answer = screen.page.request.get(link.evaluate("node => node.href"))
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = pd.read_csv(io.BytesIO(answer.body()))
    assert len(rows) == run.dataset().rows.test and "worst radius" in rows.columns


@pytest.fixture
def numbers(server: Server) -> Run:
    """A run on a number that answers all its test rows with 150, as a worker would have left it."""
    workspace = Workspace(server.home, server.home / "downloads")
    table = DatasetStore(workspace).table("diabetes")
    file = pd.read_parquet(table.file)
    targets = file[table.description.target.field].to_numpy(np.float32)[table.test_rows]
    run = RunStore(workspace.runs).create(default_spec(table.description), table.description, claimed=True)
    (run.folder / "predictions").mkdir()
    arrays: dict[str, Any] = {"targets": targets, "outputs": np.full((len(targets), 1), 150, np.float32)}
    for name, array in {"rows": table.test_rows, **arrays}.items():
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    write_results(run.folder, Results(scores={"loss": 1.0, "root_mean_squared_error": 77.0}))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))
    return run


def test_bar_of_errors_shows_its_rows_the_worst_first(visit: Visit, numbers: Run) -> None:
    screen = visit(f"evaluate?run={numbers.id}", language="zh", width=390).settle()
    expect(screen.says("answers.worst")).to_be_visible()
    expect(screen.page.get_by_test_id("stDataFrame")).to_be_visible()
    bar = screen.page.locator(".st-key-evaluate_residuals .barlayer .point").first
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    screen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(screen.button("evaluate_close_group")).to_be_visible()
    assert "group=0" in screen.page.url
    screen.button("evaluate_close_group").click()
    expect(screen.says("answers.worst")).to_be_visible()
