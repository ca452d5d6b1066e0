"""A person tries a network: draws with a mouse, a finger and the arrow keys, turns back time, fills in a form."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from bench.page_object import Screen
from bench.pen import Hand, Points, strokes
from bench.runs import queue_run
from bench.served import Server
from dl.prediction.light import read_facts
from dl.runs import Run
from dl.runs.epoch_predictions import kept_epochs
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
HAND = Hand(size=0.7, middle=(0.5, 0.5), slant=0.05, turn=0.0, width=0.9, thickness=0.1)
PATIENCE = 120


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("digits", "mnist_sample", "iris")


@pytest.fixture(scope="module")
def flowers(server: Server) -> Run:
    """A network on a table."""
    return trained(server, "iris")


def trained(server: Server, dataset: str, **training: Any) -> Run:
    made = queue_run(Workspace(server.home, server.home / "downloads"), dataset, **training)
    end = time.monotonic() + PATIENCE
    while read_facts(made) is None:
        assert time.monotonic() < end, made.log_tail()
        time.sleep(0.1)
    return made


@pytest.fixture(scope="module")
def run(server: Server) -> Run:
    """A network that reads digits, trained by the server's own worker."""
    return trained(server, "mnist_sample", epochs=8)


def paper(screen: Screen) -> Locator:
    return screen.page.locator(".paper canvas")


def ways(locator: Locator, digit: int, seed: int = 0) -> list[list[tuple[float, float]]]:
    """Of the pen, in the page's pixels."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box
    drawn, _ = strokes(digit, np.random.default_rng(seed), HAND)
    return [_on_page(way, box) for way in drawn]


def _on_page(way: Points, box: Any) -> list[tuple[float, float]]:
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way.tolist()]


def draw(page: Page, digit: int, drawn: Iterable[list[tuple[float, float]]]) -> None:
    for way in drawn:
        page.mouse.move(*way[0])
        page.mouse.down()
        for point in way[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def answers(screen: Screen, name: str) -> None:
    expect(screen.page.locator(".answer strong")).to_have_text(name)


def test_all_ten_digits_are_drawn_and_read(visit: Visit, run: Run) -> None:
    screen = visit(f"predict?run={run.id}").settle()
    expect(screen.page.locator(".hint")).to_be_visible()
    for digit in range(10):
        draw(screen.page, digit, ways(paper(screen), digit))
        answers(screen, str(digit))
        screen.page.locator("button.clear").click()
        answers(screen, "")
    expect(screen.page.locator(".hint")).to_be_visible()


def test_drawing_outlives_a_refresh_and_its_last_stroke_can_be_taken_back(visit: Visit, run: Run) -> None:
    screen = visit(f"predict?run={run.id}").settle()
    draw(screen.page, 3, ways(paper(screen), 3))
    answers(screen, "3")
    expect(screen.page.locator(".seen li")).to_have_count(4)
    expect(screen.page.locator(".alike li")).to_have_count(6)
    sure = screen.page.locator(".answer span").inner_text()
    screen.page.reload()
    answers(screen, "3")
    expect(screen.page.locator(".answer span")).to_have_text(sure)
    screen.page.locator(".seen input").nth(0).uncheck()
    expect(screen.page.locator(".answer span")).not_to_have_text(sure)
    screen.page.locator(".seen input").nth(0).check()
    expect(screen.page.locator(".answer span")).to_have_text(sure)
    screen.page.locator("button.undo").click()
    answers(screen, "")


def test_finger_draws_on_a_phone(contexts: Any, server: Server, run: Run) -> None:
    context = contexts(locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True)
    screen = Screen(context.new_page(), server.address, "zh").open(f"predict?run={run.id}&view=form")
    expect(screen.page.get_by_test_id("stTopNavLink")).to_have_count(0)
    expect(screen.page.get_by_role("heading", level=1)).to_have_count(0)
    expect(paper(screen)).to_be_visible()
    box = paper(screen).bounding_box()
    assert box and box["y"] + box["height"] < 844 and box["width"] > 300, "all of it is in sight"
    touch = context.new_cdp_session(screen.page)
    for way in ways(paper(screen), 2):
        for kind, points in (("touchStart", way[:1]), *(("touchMove", [point]) for point in way[1:]), ("touchEnd", [])):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
    answers(screen, "2")
    said, box = screen.page.locator(".answer").bounding_box(), paper(screen).bounding_box()
    assert said and box and 0 <= said["y"] < said["y"] + said["height"] <= box["y"], "above the hand that draws"
    for button in screen.page.locator(".tools button").all():
        size = button.bounding_box()
        assert size and min(size["width"], size["height"]) >= 44
    screen.page.close()


def test_one_is_drawn_by_the_arrow_keys(visit: Visit, run: Run) -> None:
    screen = visit(f"predict?run={run.id}").settle()
    paper(screen).focus()
    for key, times in (("ArrowUp", 8), (" ", 1), ("ArrowDown", 16), (" ", 1)):
        for _ in range(times):
            screen.page.keyboard.press(key)
    answers(screen, "1")
    screen.page.keyboard.press("Backspace")
    answers(screen, "")


def test_time_is_turned_back_and_played_and_the_address_says_so(visit: Visit, run: Run) -> None:
    screen = visit(f"predict?run={run.id}").settle()
    draw(screen.page, 8, ways(paper(screen), 8))
    answers(screen, "8")
    sure = screen.page.locator(".answer span").inner_text()
    slider = screen.page.get_by_role("slider", name=screen.t("epoch.slider"))
    slider.focus()
    screen.page.keyboard.press("Home")
    screen.page.wait_for_url("**epoch=1**")
    expect(screen.page.locator(".answer span")).not_to_have_text(sure)
    screen.button("time_machine_play").click()
    screen.page.wait_for_url(f"**epoch={kept_epochs(run)[1]}**")
    screen.page.wait_for_function("!location.search.includes('epoch')")
    expect(screen.page.locator(".answer span")).to_have_text(sure)


def test_evaluate_follows_the_slider(visit: Visit, run: Run) -> None:
    screen = visit(f"evaluate?run={run.id}&epoch=1").settle()
    accuracy = screen.page.locator("[data-testid=stMetricValue]").first
    expect(accuracy).to_be_visible()
    first = accuracy.inner_text()
    slider = screen.page.get_by_role("slider", name=screen.t("epoch.slider"))
    slider.focus()
    screen.page.keyboard.press("End")
    screen.page.wait_for_function("!location.search.includes('epoch')")
    expect(accuracy).not_to_have_text(first)


def test_test_picture_is_turned_until_it_is_read_otherwise(visit: Visit, run: Run) -> None:
    screen = visit(f"predict?run={run.id}&by=example").settle()
    expect(screen.page.locator(".answer strong")).not_to_have_text("")
    before = screen.page.locator(".bars").inner_text()
    turn = screen.page.locator(".changes input").nth(2)
    turn.fill("90")
    expect(screen.page.locator(".bars")).not_to_have_text(before)
    screen.button("predict_another").click()
    screen.page.wait_for_url("**row=**")


def test_drawing_is_kept_as_what_it_was_meant_to_be(visit: Visit, run: Run) -> None:
    screen = visit(f"predict?run={run.id}").settle()
    draw(screen.page, 3, ways(paper(screen), 3))
    answers(screen, "3")
    screen.page.locator(".keep button", has_text="3").click()
    expect(screen.page.get_by_text(screen.t("predict.mine", count=1))).to_be_visible()
    answers(screen, "")
    screen.page.get_by_text(screen.t("predict.mine", count=1)).click()
    expect(screen.page.get_by_text("1 of 1 drawings right")).to_be_visible()


def test_form_is_filled_in_and_a_file_of_many_rows_comes_back(visit: Visit, flowers: Run, tmp_path: Path) -> None:
    screen = visit(f"predict?run={flowers.id}&row=3").settle()
    answer = screen.page.locator(".st-key-predict_answer [data-testid=stMetricValue]")
    expect(answer).to_be_visible()
    before = answer.inner_text()
    values = ("6.5", "3.0", "5.8", "2.2") if before == "setosa" else ("5.0", "3.4", "1.4", "0.2")
    for column, value in zip(flowers.dataset().features, values, strict=True):
        screen.enter(screen.page.get_by_role("textbox", name=column.name), value)
    expect(answer).not_to_have_text(before)
    screen.page.get_by_role("radio", name=screen.t("predict.by_file")).click()
    columns = [column.name for column in flowers.dataset().features]
    source = tmp_path / "many.csv"
    source.write_text(",".join(columns) + "\n" + "5.1,3.5,1.4,0.2\n6.5,3.0,5.8,2.2\n" * 50_000)
    screen.page.set_input_files(".st-key-predict_file input[type=file]", source)
    expect(screen.page.get_by_text(screen.t("predict.file_done", rows=100_000))).to_be_visible(timeout=PATIENCE * 1000)
    with screen.page.expect_download() as download:
        screen.page.get_by_role("link", name=screen.t("predict.file_download")).click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == 100_001 and lines[1].split(",")[4] != lines[2].split(",")[4]
