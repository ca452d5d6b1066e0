"""Explore and Evaluate while somebody clicks: what begins by itself, what begins once, and a picture seen large."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bench.page_object import Screen
from dl.runs import Run
from ui.shared.gallery import PIXELS

pytestmark = pytest.mark.browser

LARGE = 600  # pixels of the screen's 900

Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("digits",)


def test_names_of_the_known_data_sets_are_told_and_one_prepares_itself_when_it_is_chosen(visit: Visit) -> None:
    screen = visit("explore?dataset=nonsense")
    sample = screen.t("dataset.mnist_sample_name")
    expect(screen.page.get_by_role("alert")).to_contain_text(sample)
    screen.choose_dataset("mnist_sample")
    expect(screen.page.get_by_test_id("stImage").first).to_be_visible()
    expect(screen.button("explore_use")).to_be_enabled()
    screen.page.wait_for_url("**dataset=mnist_sample**")


def test_every_data_set_and_the_way_to_another_is_in_sight_on_a_phone(visit: Visit) -> None:
    screen = visit("explore?dataset=digits", width=390).settle()
    for key in ("explore_bring", "explore_compare"):
        expect(screen.button(key)).to_be_in_viewport(ratio=1)
    screen.page.get_by_role("combobox", name=screen.t("explore.dataset")).click()
    for name in ("digits", "iris"):
        option = screen.page.get_by_role("option").filter(has_text=screen.t(f"dataset.{name}_name"))
        expect(option).to_be_in_viewport(ratio=1)


def test_picture_fills_the_screen_when_it_is_opened(visit: Visit) -> None:
    screen = visit("explore?dataset=digits").settle()
    picture = screen.page.get_by_test_id("stImage").get_by_role("img").first
    assert picture.evaluate("node => node.clientWidth") == PIXELS
    picture.hover()
    screen.page.get_by_role("button", name=picture.get_attribute("alt")).click()
    screen.page.wait_for_function("([node, large]) => node.clientWidth > large", arg=[picture.element_handle(), LARGE])


def test_file_is_downloaded_once_when_its_button_is_clicked_twice(visit: Visit, train: TrainRun) -> None:
    run = train("digits")
    screen = visit(f"train?run={run.id}")
    expect(screen.badge("FINISHED")).to_be_visible(timeout=60_000)
    screen.open(f"evaluate?run={run.id}").settle()
    got: list[str] = []
    screen.page.on("download", lambda download: got.append(download.suggested_filename))
    with screen.page.expect_download():
        screen.button("evaluate_download_script").dblclick()
    with screen.page.expect_download():
        screen.button("evaluate_download_predictions").click(click_count=2, delay=400)  # slower than a double click
    assert got == [f"livefit-{run.id}.py", f"livefit-{run.id}-predictions.csv"]
