"""The Configure page in a real browser: what is typed, what a reload keeps, and what is in sight."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, expect

from bench.page_object import Screen
from bench.served import Server
from dl.drafts import DraftStore
from dl.specs import RunSpec

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
LEAST_TARGET = 24  # pixels that a finger hits (WCAG 2.5.8)
SCREENS = [(1280, 720), (390, 844)]


def kept(screen: Screen, server: Server) -> RunSpec:
    """The draft that the URL names, as it is on the disk."""
    screen.page.wait_for_url("**draft=**")
    (name,) = re.findall(r"draft=([^&]+)", screen.page.url)
    return DraftStore(server.home / "drafts").read(name)


def test_decimal_comma_is_understood(visit: Visit, server: Server) -> None:
    screen = visit("configure?dataset=digits").settle()
    screen.open_tab("configure.training")
    rate = screen.number_field("learning_rate")
    rate.fill("0,01")
    rate.press("Tab")
    expect(rate).to_have_value("0.01")
    assert kept(screen, server).training.optimizer.learning_rate == 0.01


def test_last_valid_number_comes_back_when_a_field_is_cleared(visit: Visit, server: Server) -> None:
    screen = visit("configure?dataset=digits").settle()
    units = screen.number_field("units").first
    screen.enter(units, "64")
    screen.page.wait_for_url("**draft=*")  # it is kept, so that nothing typed after it goes before it
    for typed in ("0", "many"):
        screen.enter(units, typed)
        expect(screen.button("configure_train")).to_be_disabled()
    assert screen.page.get_by_role("alert").count() == 1
    screen.enter(units, "")
    expect(units).to_have_value("64")
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    expect(screen.button("configure_train")).to_be_enabled()


def test_reload_keeps_the_network_and_a_change_leaves_the_old_link_as_it_is(visit: Visit, server: Server) -> None:
    screen = visit("configure?dataset=digits").settle()
    screen.button("configure_0_2_remove").click()
    first, link = kept(screen, server), screen.page.url
    screen.page.reload()
    expect(screen.number_field("units")).to_have_count(1)
    screen.button("configure_add_0").click()
    expect(screen.number_field("units")).to_have_count(2)
    screen.page.wait_for_function("link => location.href !== link", arg=link)
    assert len(kept(screen, server).model.layers) == len(first.model.layers) + 1
    screen.open(link.removeprefix(f"{server.address}/"))
    expect(screen.number_field("units")).to_have_count(1)


def test_change_is_undone_and_redone_by_keyboard(visit: Visit) -> None:
    screen = visit("configure?dataset=digits").settle()
    delete = screen.page.get_by_role("button", name=screen.t("configure.remove", place=3, layer="Dense"))
    delete.focus()
    screen.page.keyboard.press("Enter")
    for name, left in (("undo", 2), ("redo", 1)):
        button = screen.page.get_by_role("button", name=screen.t(f"configure.{name}"), exact=True)
        expect(button).to_be_enabled()
        button.focus()
        screen.page.keyboard.press("Enter")
        expect(screen.number_field("units")).to_have_count(left)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_layer_buttons_are_named_by_their_layer_and_can_be_hit(language: str, visit: Visit) -> None:
    screen = visit("configure?dataset=digits", language=language).settle()
    names = [
        screen.t(f"configure.{name}", place=3, layer=screen.t("layer.Dense"))
        for name in ("move_up", "move_down", "remove", "more")
    ]
    buttons = [screen.page.get_by_role("button", name=name, exact=True) for name in names]
    boxes = [_box(button) for button in buttons]
    assert min(min(box["width"], box["height"]) for box in boxes) >= LEAST_TARGET
    for left, right in pairwise(boxes):
        assert left["x"] + left["width"] < right["x"]


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_train_is_in_sight_wherever_one_is(width: int, height: int, visit: Visit) -> None:
    screen = visit("configure?dataset=digits", width=width, height=height).settle()
    screen.page.get_by_text(screen.t("preset.convolutional_regularised")).click()
    expect(screen.page.locator(".st-key-configure_block_11")).to_be_attached()
    train = screen.button("configure_train")
    adding = screen.page.locator("[class*=st-key-configure_add_] button").first
    for place in (screen.title("configure"), adding, screen.button("configure_code")):
        place.scroll_into_view_if_needed()
        expect(train).to_be_in_viewport(ratio=1)
        expect(place).to_be_in_viewport(ratio=1)


def test_code_is_read_in_a_wide_dialog(visit: Visit) -> None:
    screen = visit("configure?dataset=digits").settle()
    screen.button("configure_code").click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog).to_contain_text("keras.Sequential")
    assert _box(dialog.get_by_test_id("stCode"))["width"] > 800
    expect(dialog.get_by_role("button", name=screen.t("configure.download_script"))).to_be_visible()


def _box(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box
    return dict(box)
