"""What is asked of a page is answered in its first screenful."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from bench.page_object import Screen
from dl.runs import Run

pytestmark = pytest.mark.browser

LONG = {"epochs": 2000, "batch_size": 1}
Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
PHONE = {"width": 390, "height": 844}
IS_LEGEND_ABOVE = """([node, width]) => {
    const [legend, lines] = ['.legend', '.nsewdrag'].map(part => node.querySelector(part).getBoundingClientRect());
    return node._fullLayout.width > width && legend.bottom <= lines.top;
}"""


def box(locator: Locator) -> dict[str, float]:
    return dict(locator.evaluate("node => node.getBoundingClientRect().toJSON()"))


def charts(screen: Screen) -> list[dict[str, float]]:
    screen.wait_for_point("loss", 1)
    return [box(screen.page.locator(f".st-key-train_{metric} .chart")) for metric in ("loss", "accuracy")]


def test_charts_begin_high_up_and_are_whole_on_a_small_screen(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}", height=720)
    loss, accuracy = charts(screen)
    assert loss["top"] <= 330 and loss["bottom"] <= 720
    assert accuracy["top"] == loss["top"]


def test_charts_stay_where_they_are_when_a_run_pauses_and_ends(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}", height=720)
    before = charts(screen)
    screen.press("train_pause")
    expect(screen.badge("PAUSED")).to_be_visible()
    assert charts(screen) == before
    screen.press("train_stop")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    assert charts(screen) == before


def test_legend_stays_above_the_lines_when_the_window_gets_wider(visit: Visit, train: TrainRun) -> None:
    run = train(metrics=["accuracy", "top_5_accuracy"], epochs=1)
    screen = visit(f"train?run={run.id}", width=800)
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    loss, _ = charts(screen)
    screen.page.set_viewport_size({"width": 1280, "height": 900})
    screen.page.wait_for_function(IS_LEGEND_ABOVE, arg=[screen.chart("loss"), loss["width"]])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_first_chart_is_in_sight_on_a_phone_and_the_numbers_are_two_rows(
    visit: Visit, train: TrainRun, language: Any
) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}", language=language, **PHONE)
    assert charts(screen)[0]["top"] <= 500
    numbers = [box(number) for number in screen.page.locator("[data-number]").all()]
    assert len(numbers) == 8 and len({number["top"] for number in numbers}) == 2
    assert all(number["right"] <= PHONE["width"] for number in numbers)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_train_is_in_sight_wherever_one_is_on_configure(visit: Visit, width: int, height: int) -> None:
    screen = visit("configure?dataset=digits", width=width, height=height)
    button = screen.button("configure_train")
    expect(button).to_be_enabled()
    for place in ("0", "1e6"):
        screen.page.locator(".stMain").evaluate(f"node => node.scrollTo(0, {place})")
        seen = box(button)
        assert seen["top"] >= 0 and seen["bottom"] <= height and seen["right"] <= width
