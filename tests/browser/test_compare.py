"""Runs compared in a real browser: from Home's table to the examples in one cell, and in the other language."""

import re
from collections.abc import Callable

import numpy as np
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
NINES_FOR_FOURS = 9


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("digits",)


@pytest.fixture(scope="module")
def two(server: Server) -> tuple[Run, Run]:
    """The first takes nine fours for nines; the second is always right."""
    workspace = Workspace(server.home, server.home)
    labels = np.asarray(DatasetStore(workspace).open("digits").y_test)
    confused = labels.copy()
    confused[np.flatnonzero(labels == 4)[:NINES_FOR_FOURS]] = 9
    return _ended_run(workspace, labels, confused), _ended_run(workspace, labels, labels)


def _ended_run(workspace: Workspace, labels: np.ndarray, said: np.ndarray) -> Run:
    dataset = DatasetStore(workspace).imported("digits")
    run = RunStore(workspace.runs).create(default_spec(dataset), dataset, claimed=True)
    (run.folder / "predictions").mkdir()
    np.save(run.folder / "predictions" / "test_targets.npy", labels)
    np.save(run.folder / "predictions" / "test_outputs.npy", np.eye(10, dtype=np.float32)[said])
    write_results(run.folder, Results(scores={"accuracy": float((said == labels).mean()), "loss": 0.1}))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))
    return run


def test_two_are_told_apart_and_the_link_says_the_same_in_the_other_language(
    visit: Visit, two: tuple[Run, Run]
) -> None:
    screen = visit(f"evaluate?run={two[0].id}").settle()
    screen.page.get_by_role("radio", name=screen.t("compare.view_compare")).click()
    verdict = screen.page.locator(".st-key-compare_verdict")
    expect(verdict).to_contain_text(f"only #2 has {NINES_FOR_FOURS} right, and only #1 0.")
    expect(verdict).to_contain_text("p = 0.0039")  # 2 / 2**9
    expect(screen.cell(4, 4)).to_have_text(f"+{NINES_FOR_FOURS}")
    expect(screen.cell(4, 9)).to_have_text(f"\u2212{NINES_FOR_FOURS}")
    expect(screen.cell(0, 0)).to_have_text("")
    for predicted in (4, 9):  # more right answers and fewer mistakes both speak for the better one
        expect(screen.cell(4, predicted)).to_have_class(re.compile("for-first"))
    screen.cell(4, 9).click()
    heading = screen.t("compare.cell", true="4", predicted="9", count=NINES_FOR_FOURS)
    expect(screen.page.get_by_role("heading", name=heading)).to_be_visible()
    expect(screen.page.get_by_test_id("stImage")).to_have_count(NINES_FOR_FOURS)
    screen.page.wait_for_url("**cell=4-9**")

    link = screen.page.url.partition("evaluate")[2]
    other = visit(f"evaluate{link}", language="zh", width=390).settle()
    heading = other.t("compare.cell", true="4", predicted="9", count=NINES_FOR_FOURS)
    expect(other.page.get_by_role("heading", name=heading)).to_be_visible()
    expect(other.page.locator(".st-key-compare_verdict")).to_contain_text("p = 0.0039")
