"""What is new in a run reaches the page by itself; and where it cannot, the page asks for it."""

import urllib.request
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, Route, WebSocket, expect

from bench.page_object import Screen
from bench.runs import queue_run
from bench.served import free_port, served
from dl.runs import Run
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

LONG = {"epochs": 2000, "batch_size": 1}
RAW_STEPS = "node => node._fullData[0].x"
Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]


def count_messages(page: Page) -> list[str]:
    """Grows with every message between Streamlit and the page from now on."""
    messages: list[str] = []

    def follow(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: messages.append("sent"))
        socket.on("framereceived", lambda _: messages.append("received"))

    page.on("websocket", follow)
    return messages


def steps_are_whole(screen: Screen) -> None:
    """No point stands there twice, and none before one that came earlier."""
    steps = screen.page.evaluate(RAW_STEPS, screen.chart("loss"))
    assert steps[0] == 1 and all(one < other for one, other in pairwise(steps))


def test_no_script_runs_while_numbers_and_curves_grow(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit()
    messages = count_messages(screen.page)
    screen.open(f"train?run={run.id}")
    step = screen.wait_for_step(200)
    screen.wait_for_point("loss", step)
    screen.settle()
    before = len(messages)
    assert before, "the page has spoken with Streamlit"
    for _ in range(3):
        step = screen.wait_for_step(step + 200)
        screen.wait_for_point("loss", step)
    assert len(messages) == before
    title = screen.page.title()
    assert title.startswith("▶") and f"#{run.id}" in title and title.endswith("Livefit")
    steps_are_whole(screen)


def test_steps_one_zooms_to_come_in_detail_while_the_network_trains(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_point("loss", screen.wait_for_step(20_000))
    for _ in range(4):
        screen.zoom("loss")
        low, high = screen.chart_state("loss")["range"][:2]
    every = "([node, low, high]) => node._fullData[0].x.filter(x => x >= low && x <= high).length >= high - low - 1"
    assert 300 < high - low < 1000
    screen.page.wait_for_function(every, arg=[screen.chart("loss"), low, high], timeout=15_000)
    step = screen.wait_for_step(1) + 500
    screen.wait_for_point("loss", screen.wait_for_step(step))
    assert screen.chart_state("loss")["range"][:2] == [low, high]
    assert screen.page.evaluate(every, [screen.chart("loss"), low, high])
    steps_are_whole(screen)


def test_page_asks_when_the_stream_is_cut_off(visit: Visit, train: TrainRun, watch: Any) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit()
    screen.page.route("**/api/runs/**", lambda route: route.abort())
    _asks_and_says_nothing(screen, run)
    watch.errors = [error for error in watch.errors if "/api/runs/" not in error]  # the browser's own words


def test_page_asks_when_a_proxy_holds_the_stream_back(visit: Visit, train: TrainRun, watch: Any) -> None:
    run, held = train("mnist_sample", **LONG), list[Route]()
    screen = visit()
    screen.page.route("**/api/runs/**", lambda route: held.append(route))
    _asks_and_says_nothing(screen, run)
    assert held
    watch.errors = [error for error in watch.errors if "/api/runs/" not in error]


def _asks_and_says_nothing(screen: Screen, run: Run) -> None:
    screen.open(f"train?run={run.id}")
    step = screen.wait_for_step(1)
    for _ in range(2):
        step = screen.wait_for_step(step + 100)
        screen.wait_for_point("loss", step)
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    screen.zoom("loss")
    kept = screen.chart_state("loss")["range"]
    screen.wait_for_step(step + 300)
    assert screen.chart_state("loss")["range"] == kept
    steps_are_whole(screen)
    screen.press("train_stop")
    expect(screen.button("train_evaluate")).to_be_visible()


def test_two_tabs_see_the_same_and_so_does_one_that_comes_back(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    first, second = visit(f"train?run={run.id}"), visit(f"train?run={run.id}")
    step = max(first.wait_for_step(100), second.wait_for_step(100))
    with second.page.expect_request(lambda request: "once=1&after=" in request.url):  # in place of a connection
        _hide(second.page, True)
    for screen in (first, second):
        step = screen.wait_for_step(step + 500)
    _hide(second.page, False)
    second.wait_for_point("loss", step + 100)
    second.press("train_stop")
    for screen in (first, second):
        expect(screen.button("train_evaluate")).to_be_visible()
        screen.wait_for_point("loss", len(run.steps()))
        steps_are_whole(screen)


def _hide(page: Page, hidden: bool) -> None:
    """As if another tab lay before it."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def test_small_curve_grows_on_home_until_the_run_ends(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit()
    card = screen.page.locator(f".st-key-home_spark_{run.id}")
    expect(card.locator("polyline")).to_be_visible(timeout=60_000)
    grown = "node => node.getAttribute('points').split(' ').length > 3"
    screen.page.wait_for_function(grown, arg=card.locator("polyline").element_handle())
    run.request("stop")
    expect(card).to_have_count(0)
    expect(screen.badge("STOPPED").first).to_be_visible()


def test_narrow_page_holds_everything_while_a_network_trains(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}", language="zh", width=390, height=844)
    screen.wait_for_point("loss", screen.wait_for_step(100))
    for part in (".board", ".st-key-train_loss .chart", ".st-key-train_accuracy .chart"):
        box = screen.page.locator(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def home(tmp_path: Path, furnish: Callable[..., Workspace]) -> Workspace:
    """For servers that are started one after another, over the same folder."""
    return furnish(tmp_path / "home", "mnist_sample")


def test_curve_goes_on_without_a_gap_when_the_server_was_killed_and_started_again(
    home: Workspace, browser: Browser
) -> None:
    run, port, page = queue_run(home, "mnist_sample", **LONG), free_port(), browser.new_page(locale="en-GB")
    messages = count_messages(page)
    with served(home.home.parent, port=port) as server:
        screen = Screen(page, server.address).open(f"train?run={run.id}")
        step = screen.wait_for_step(200)
        server.process.kill()
        psutil.wait_procs([server.process, *server.workers()], 15)
        messages.clear()
    with served(home.home.parent, port=port):
        step = screen.wait_for_step(step + 2000)
        screen.wait_for_point("loss", step)
        assert run.status().attempt == 2
        steps_are_whole(screen)
        while "received" not in messages:  # Streamlit's own connection comes later, and then the page runs again
            page.wait_for_timeout(100)
        screen.settle()
        screen.press("train_stop")
        expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    page.close()


def test_server_ends_at_once_while_somebody_watches(home: Workspace) -> None:
    run = queue_run(home, "mnist_sample", **LONG)
    with served(home.home.parent) as server:
        stream = urllib.request.urlopen(f"{server.address}/api/runs/{run.id}/live", timeout=30)
        assert any(line.startswith(b"data: ") for line in (stream.readline() for _ in range(4)))
        server.process.terminate()
        server.process.wait(10)
    assert "Traceback" not in server.output()


def test_what_nobody_foresaw_becomes_one_sentence_and_a_line_in_the_log(home: Workspace, browser: Browser) -> None:
    run, page = queue_run(home, "mnist_sample", **LONG), browser.new_page(locale="en-GB")
    run.write_status(run.written_status().update(state="FINISHED"))
    (run.folder / "epochs.jsonl").mkdir()
    with served(home.home.parent) as server:
        screen = Screen(page, server.address).open()
        expect(screen.says("problem.unexpected", type="IsADirectoryError")).to_be_visible()
        expect(page.locator(".stException")).to_have_count(0)
        assert "IsADirectoryError" in server.output()
        screen.go_to("configure")
        expect(screen.button("configure_train")).to_be_visible()
    page.close()
