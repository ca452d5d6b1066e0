"""The two components in a real browser: what the user did to a chart stays, and a cell of the matrix reaches Python."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import plotly
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.served import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = Path(__file__).with_name("components_app.py")
    with served(tmp_path_factory.mktemp("components"), script=script) as server:
        yield server.address


@pytest.fixture
def screen(contexts: Callable[..., BrowserContext], address: str) -> Iterator[Page]:
    page = contexts(viewport={"width": 1000, "height": 1200}).new_page()
    page.goto(address)
    expect(page.locator(".st-key-loss .scatterlayer .trace")).to_have_count(2)
    yield page
    page.close()


def test_zoom_and_hidden_lines_stay_when_the_numbers_change(screen: Page) -> None:
    _zoom(screen)
    screen.locator(".st-key-loss .legendtoggle").nth(1).click()
    expect(screen.locator(".st-key-loss .scatterlayer .trace")).to_have_count(1)
    before = _chart(screen)
    screen.evaluate("node => (node.marked = true)", _node(screen))
    _wait_for_ticks(screen, _tick(screen) + 11)
    screen.get_by_role("button", name="run everything").click()
    _wait_for_ticks(screen, _tick(screen) + 4)
    after = _chart(screen)
    assert after["points"] > before["points"]
    assert after["range"] == before["range"]
    assert after["visible"] == before["visible"] == [True, "legendonly", False]
    assert after["marked"] is True


def test_zoom_is_given_up_when_everything_is_asked_for(screen: Page) -> None:
    _zoom(screen)
    screen.get_by_role("button", name="Show everything").click()
    screen.wait_for_function("node => node._fullLayout.xaxis.autorange === true", arg=_node(screen))


def test_zoom_reaches_python_until_it_is_given_up(screen: Page) -> None:
    expect(screen.get_by_text("zoomed None")).to_be_visible()
    _zoom(screen)
    low, high = _chart(screen)["range"][:2]
    expect(screen.get_by_text(f"zoomed ({low}, {high})")).to_be_visible()
    screen.get_by_role("button", name="run everything").click()
    _wait_for_ticks(screen, _tick(screen) + 3)
    expect(screen.get_by_text(f"zoomed ({low}, {high})")).to_be_visible()
    screen.locator(".st-key-loss .nsewdrag").dblclick()
    expect(screen.get_by_text("zoomed None")).to_be_visible()


def test_zoom_is_forgotten_when_the_chart_is_mounted_anew(screen: Page) -> None:
    _zoom(screen)
    expect(screen.get_by_text("zoomed (")).to_be_visible()
    screen.get_by_text("show the chart").click()
    expect(screen.locator(".st-key-loss")).to_have_count(0)
    screen.get_by_text("show the chart").click()
    expect(screen.get_by_text("zoomed None")).to_be_visible()


def test_chart_says_in_words_what_it_shows(screen: Page) -> None:
    expect(screen.get_by_role("img", name=re.compile(r"^Loss falls from 1 to 0\.\d+$"))).to_be_visible()


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_chart_is_downloaded_when_its_button_is_pressed(screen: Page, suffix: str, start: bytes) -> None:
    with screen.expect_download() as download:
        screen.locator(f".st-key-loss [data-tool={suffix}]").click()
    assert download.value.suggested_filename == f"loss.{suffix}"
    assert Path(download.value.path()).read_bytes().startswith(start)


def test_drawing_that_is_taken_away_has_its_title_and_a_whole_legend(screen: Page) -> None:
    with screen.expect_download() as download:
        screen.locator(".st-key-loss [data-tool=svg]").click()
    drawing = Path(download.value.path()).read_text("utf-8")
    image = screen.context.new_page()
    image.set_content(drawing)
    width, height = image.evaluate(
        "(({ width, height }) => [width, height])(document.querySelector('svg').viewBox.baseVal)"
    )
    legend = image.evaluate(
        "(({ left, right, top, bottom }) => [left, right, top, bottom])"
        "(document.querySelector('.legend').getBoundingClientRect())"
    )
    origin = image.evaluate("(({ left, top }) => [left, top])(document.querySelector('svg').getBoundingClientRect())")
    assert "A falling loss" in str(image.text_content("svg .gtitle"))
    assert legend[0] >= origin[0] and legend[1] <= origin[0] + width
    assert legend[3] <= origin[1] + height and legend[2] > origin[1] + height / 2
    image.close()


def test_page_is_asked_for_the_numbers_where_no_route_gives_them(screen: Page) -> None:
    screen.locator(".st-key-loss [data-tool=csv]").click()
    expect(screen.get_by_text("numbers asked for")).to_be_visible()


def test_chart_is_purged_when_it_leaves_the_page(screen: Page) -> None:
    node = _node(screen)
    screen.get_by_text("show the chart").click()
    screen.wait_for_function("node => !node.isConnected && !node._fullLayout", arg=node)


def test_cell_reaches_python_when_it_is_clicked(screen: Page) -> None:
    _cell(screen, 1, 2).click()
    expect(screen.get_by_text("chosen (1, 2)")).to_be_visible()
    expect(_cell(screen, 1, 2)).to_have_attribute("aria-pressed", "true")


def test_matrix_is_walked_when_arrow_keys_are_pressed(screen: Page) -> None:
    _cell(screen, 0, 0).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        screen.keyboard.press(key)
    expect(screen.get_by_text("chosen (1, 2)")).to_be_visible()
    expect(_cell(screen, 1, 2)).to_be_focused()
    screen.keyboard.press("Escape")
    expect(screen.get_by_text("chosen None")).to_be_visible()


def test_matrix_has_one_stop_for_the_tab_key(screen: Page) -> None:
    expect(screen.locator(".st-key-matrix button[tabindex='0']")).to_have_count(1)


def test_zero_is_empty_and_every_other_cell_holds_its_count(screen: Page) -> None:
    cells = screen.locator(".st-key-matrix td button")
    expect(cells).to_have_text(["50", "2", "", "1", "45", "4", "", "", "1,122"])
    expect(_cell(screen, 1, 2)).to_have_accessible_name(re.compile("predicted 鸟: 4 \\(8.0 %\\)"))


def test_class_names_are_shown_as_text_when_they_look_like_html(screen: Page) -> None:
    expect(screen.locator(".st-key-matrix th").filter(has_text="<img")).to_have_count(2)
    assert screen.locator(".st-key-matrix img").count() == 0
    assert screen.evaluate("window.attacked") is None


def test_chart_is_drawn_with_the_published_script_when_streamlit_has_none(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/PlotlyChart*", lambda route: route.abort())
    script = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"  # which the application serves there
    page.route("**/api/plotly.js", lambda route: route.fulfill(path=script))
    page.goto(address)
    expect(page.locator(".st-key-loss .scatterlayer .trace")).to_have_count(2)
    page.close()


def test_chart_says_so_when_no_script_can_be_had(browser: Browser, address: str) -> None:
    page = browser.new_page()
    for pattern in ("**/PlotlyChart*", "**/api/plotly.js"):
        page.route(pattern, lambda route: route.abort())
    page.goto(address)
    expect(page.get_by_text("The chart could not be drawn in this browser.").first).to_be_visible(timeout=20_000)
    page.close()


def _zoom(page: Page) -> None:
    box = page.locator(".st-key-loss .nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.8, steps=5)
    page.mouse.up()
    page.wait_for_function("node => node._fullLayout.xaxis.autorange === false", arg=_node(page))


def _node(page: Page) -> Any:
    return page.locator(".st-key-loss .chart").element_handle()


def _chart(page: Page) -> dict[str, Any]:
    script = """node => JSON.stringify({
        range: [...node._fullLayout.xaxis.range, ...node._fullLayout.yaxis.range],
        visible: node._fullData.map(trace => trace.visible),
        points: node._fullData[0].x.length,
        marked: node.marked ?? false})"""
    return dict(json.loads(page.evaluate(script, _node(page))))


def _tick(page: Page) -> int:
    return int(page.get_by_text(re.compile(r"^tick \d+")).inner_text().split()[1])


def _wait_for_ticks(page: Page, tick: int) -> None:
    page.wait_for_function("tick => Number(document.body.innerText.match(/tick (\\d+)/)?.[1]) >= tick", arg=tick)


def _cell(page: Page, true: int, predicted: int) -> Any:
    return page.locator(".st-key-matrix tr").nth(true + 1).locator("button").nth(predicted)
