"""A run while it is watched: zoom, refresh, a second tab, the queue, Stop, a killed worker, no network."""

import re
from collections.abc import Callable

import numpy as np
import psutil
import pytest
from playwright.sync_api import expect

from bench.page_object import Screen
from bench.served import Server
from dl.runs import Run, RunStore
from dl.runs.log.steps import StepLog

pytestmark = pytest.mark.browser

LONG = {"epochs": 2000, "batch_size": 1}  # some thousand short steps an epoch, for hours if nobody stops it
STEPS = 1_000_000
DETAILED = """([node, low, high]) => {
    const inside = node._fullData[0].x.filter(step => step >= low && step <= high).length;
    return inside >= Math.min(500, Math.floor(high) - Math.ceil(low) + 1);
}"""
Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]


def test_zoom_and_hidden_line_stay_when_training_goes_on_and_ends(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    expect(screen.page.locator(".st-key-train_loss .legendtoggle").nth(1)).to_be_visible(timeout=60_000)
    screen.zoom("loss")
    screen.page.locator(".st-key-train_loss .legendtoggle").first.click()
    screen.page.wait_for_function("node => node._fullData[0].visible === 'legendonly'", arg=screen.chart("loss"))
    screen.chart("loss").evaluate("node => (node.marked = true)")
    before = screen.chart_state("loss")
    for _ in range(3):
        screen.wait_for_point("loss", screen.chart_state("loss")["last"] + 1)
    screen.press("train_stop")
    expect(screen.button("train_evaluate")).to_be_visible()
    screen.wait_for_point("loss", len(run.steps()))
    after = screen.chart_state("loss")
    assert after["last"] > before["last"]
    assert {**after, "last": 0} == {**before, "last": 0}
    assert after["marked"]
    assert screen.chart_state("accuracy")["range"][1] >= before["last"]


def test_every_step_of_many_is_drawn_where_one_zooms_in(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(1)
    screen.press("train_stop")
    expect(screen.badge("STOPPED")).to_be_visible()
    with StepLog(run.folder) as log:
        log.append(np.zeros(STEPS), 1, np.linspace(2, 1, STEPS), np.linspace(0, 1, STEPS))
    screen.page.reload()
    screen.wait_for_point("loss", STEPS)
    for _ in range(8):
        screen.zoom("loss")
        low, high = screen.chart_state("loss")["range"][:2]
        screen.page.wait_for_function(DETAILED, arg=[screen.chart("loss"), low, high])
    assert high - low < 1000
    screen.page.locator(".st-key-train_loss [data-tool=reset]").click()
    screen.wait_for_point("loss", STEPS)


def test_same_run_goes_on_when_the_page_is_refreshed_and_opened_again(
    visit: Visit, train: TrainRun, server: Server
) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    step = screen.wait_for_step(100)
    runs, pid = len(RunStore(server.home / "runs").list()), run.status().pid
    screen.page.reload()
    step = screen.wait_for_step(step + 1)
    tab = Screen(screen.page.context.new_page(), server.address).open("train")
    step = tab.wait_for_step(step + 1)
    tab.page.wait_for_url(f"**/train?run={run.id}")
    screen.wait_for_step(step + 1)
    assert run.status().state == "RUNNING"
    assert (len(RunStore(server.home / "runs").list()), run.status().pid) == (runs, pid)


def test_second_run_waits_and_is_cancelled_when_the_first_trains(visit: Visit, train: TrainRun, server: Server) -> None:
    first = train("mnist_sample", **LONG)
    screen = visit("configure?dataset=digits")
    screen.button("configure_train").click()
    expect(screen.badge("QUEUED")).to_be_visible()
    expect(screen.says("train.waiting", place=1)).to_be_visible()
    second = _run_in_url(screen, server)
    assert second.id != first.id
    screen.press(f"train_cancel_{second.id}")
    expect(screen.badge("STOPPED")).to_be_visible()
    expect(screen.button(f"train_cancel_{second.id}")).to_have_count(0)
    assert first.status().state == "RUNNING"
    assert not len(second.steps())


def test_evaluation_is_offered_when_training_is_stopped(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(1)
    screen.press("train_stop")
    expect(screen.badge("STOPPED")).to_be_visible()
    expect(screen.button("train_stop")).to_have_count(0)
    screen.button("train_evaluate").click()
    expect(screen.page.get_by_role("grid")).to_be_visible()
    assert run.status().step < run.status().steps


def test_page_tells_why_and_a_new_run_works_when_the_worker_is_killed(
    visit: Visit, train: TrainRun, server: Server
) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(100)
    psutil.Process(run.status().pid).kill()
    expect(screen.badge("INTERRUPTED")).to_be_visible()
    expect(screen.says("problem.worker_killed").or_(screen.says("problem.worker_gone"))).to_be_visible()
    expect(screen.button("train_evaluate")).to_have_count(0)
    log = screen.page.locator("details").filter(has_text=screen.t("train.log"))
    log.locator("summary").click()
    expect(log.locator("code")).to_be_visible()
    screen.press("train_again")
    expect(screen.badge("RUNNING")).to_be_visible(timeout=60_000)
    screen.wait_for_step(1)
    assert _run_in_url(screen, server).id != run.id
    assert run.written_status().state == "INTERRUPTED"


def test_sample_is_trained_and_the_page_says_why_when_there_is_no_network(visit: Visit, server: Server) -> None:
    screen = visit()
    _press_with_keyboard(screen, "home_train")
    why = screen.t("problem.download_failed_network")
    notice = screen.says("home.fell_back", why=why)
    expect(notice).to_be_visible()
    expect(screen.button("train_evaluate")).to_be_visible()
    expect(notice).to_be_visible()
    run = _run_in_url(screen, server)
    assert run.spec().data.dataset == "mnist_sample"
    assert not (server.home / "datasets" / "mnist").exists()


def _press_with_keyboard(screen: Screen, key: str) -> None:
    """Tab until the button has the focus, then Enter."""
    button = screen.button(key)
    expect(button).to_be_visible()
    for _ in range(30):
        screen.page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    screen.page.keyboard.press("Enter")


def _run_in_url(screen: Screen, server: Server) -> Run:
    screen.page.wait_for_url(re.compile(r"/train\?run=\d+$"))
    return RunStore(server.home / "runs").get(screen.page.url.rpartition("=")[2])
