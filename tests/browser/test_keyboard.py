"""Without a mouse: the whole way goes by keyboard alone, one sees where the focus is, and nothing moves unasked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from bench.page_object import Screen
from dl.runs import Run

pytestmark = pytest.mark.browser

LONG = {"epochs": 2000, "batch_size": 1}  # for hours if nobody stops it
STOPS = 200  # where a page was left by its button, Tab may have to go round the whole next one
IS_FOCUSED = """node => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active === node;
}"""
LOOKS = """const looks = node => {
    const around = [...node.parentElement?.children ?? []];
    for (let up = node, left = 4; up && left; up = up.parentElement, left--) around.push(up);
    return around.map(getComputedStyle).map(
        style => [style.outline, style.boxShadow, style.borderColor, style.backgroundColor].join()).join();
};"""
MOVING = """() => [...document.querySelectorAll('*')].filter(node => node.shadowRoot)
    .flatMap(host => [...host.shadowRoot.querySelectorAll('*')])
    .flatMap(node => [null, '::before', '::after'].map(part => getComputedStyle(node, part)))
    .filter(style => style.animationName !== 'none' || /[1-9]/.test(style.transitionDuration)).length"""

Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
Find = Callable[[Screen], Locator]


def test_whole_way_is_gone_by_keyboard_alone(visit: Visit) -> None:
    screen = visit()
    _press(screen, screen.link("explore"), "Enter")
    _walk_to_digits(screen)
    _press(screen, screen.button("explore_use"), "Enter")
    expect(screen.title("configure")).to_be_visible()
    _press(screen, screen.button("configure_train"), "Enter")
    screen.page.wait_for_url(re.compile(r"/train\?run=\d+$"), timeout=60_000)
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    _press(screen, screen.button("train_evaluate"), "Enter")
    _press(screen, screen.cell(0, 0), "ArrowDown")
    _press(screen, screen.cell(1, 0), "ArrowRight")
    _press(screen, screen.cell(1, 1), "Enter")
    screen.page.wait_for_url("**cell=1-1**")
    expect(screen.page.get_by_text(re.compile(r"^1 → 1\s"))).to_have_count(12)


def _walk_to_digits(screen: Screen) -> None:
    """In the list of data sets by their name."""
    expect(screen.title("explore")).to_be_visible()
    datasets = screen.settle().page.get_by_role("combobox", name=screen.t("explore.dataset"))
    _press(screen, datasets, "ArrowDown")
    screen.page.keyboard.type(screen.t("dataset.digits_name"))
    screen.page.keyboard.press("Enter")
    expect(screen.says("dataset.digits_about")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "find"),
    [
        ("explore?dataset=digits", lambda screen: screen.link("home")),
        ("explore?dataset=digits", lambda screen: screen.button("explore_use")),
        ("explore?dataset=digits", lambda screen: screen.page.locator("[data-variant=segmented_control]").first),
        ("explore?dataset=digits", lambda screen: screen.page.get_by_role("combobox").first),
        ("explore?dataset=digits", lambda screen: screen.page.get_by_role("tab").first),
        ("explore?dataset=digits", lambda screen: screen.page.get_by_role("link", name=screen.t("dataset.source"))),
        ("configure?dataset=digits", lambda screen: screen.number_field("units").first),
        ("configure?dataset=digits", lambda screen: screen.page.locator("[data-variant=pills]").first),
    ],
    ids=["link", "button", "segment", "list", "tab", "link in a text", "number", "pill"],
)
def test_focus_is_seen(path: str, find: Find, visit: Visit) -> None:
    screen = visit(path).settle()
    _shows_focus(screen, find(screen))


def test_focus_is_seen_on_a_cell_of_the_matrix(visit: Visit, train: TrainRun) -> None:
    run = train("digits")
    screen = visit(f"train?run={run.id}")
    expect(screen.badge("FINISHED")).to_be_visible(timeout=60_000)
    screen.open(f"evaluate?run={run.id}").settle()
    _shows_focus(screen, screen.cell(0, 0))


def test_nothing_of_ours_moves_when_the_reader_wants_less_motion(visit: Visit, train: TrainRun) -> None:
    run = train("digits", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_point("loss", 1)
    assert screen.page.evaluate(MOVING) == 0
    screen.page.emulate_media(reduced_motion="no-preference")
    assert screen.page.evaluate(MOVING) > 0


def _press(screen: Screen, target: Locator, key: str) -> None:
    """Tab goes on until it is there, as a reader would find it."""
    expect(target).to_be_visible()
    for _ in range(STOPS):
        if target.evaluate(IS_FOCUSED):
            break
        screen.page.keyboard.press("Tab")
    expect(target).to_be_focused()
    screen.page.keyboard.press(key)


def _shows_focus(screen: Screen, target: Locator) -> None:
    """Reached with Tab it looks different from before."""
    expect(target).to_be_visible()
    before = target.evaluate(f"node => {{ {LOOKS} return looks(node); }}")
    target.focus()
    screen.page.keyboard.press("Shift+Tab")
    screen.page.keyboard.press("Tab")
    expect(target).to_be_focused()
    changed = f"([node, before]) => {{ {LOOKS} return looks(node) !== before; }}"
    screen.page.wait_for_function(changed, arg=[target.element_handle(), before])
