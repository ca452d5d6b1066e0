"""Every page as different people meet it: in Chinese, on a phone, by keyboard, with a wrong address or network."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, expect

from bench.page_object import Screen
from bench.served import Server
from dl.datasets import DatasetStore
from dl.runs import Run, RunStore
from dl.specs.presets import default_spec
from dl.workspace import Workspace
from ui.text import LANGUAGES, catalogue

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
PAGES = (
    "",
    "?runs=all",
    "explore?dataset=digits",
    "configure?dataset=digits",
    "train?run=1",
    "evaluate?run=1&cell=0-0",
)
PHONE = 390
SENTENCE = 13  # so many characters in a row are no name
TEXTS = """() => {
    const texts = [document.title, document.body.innerText];
    const read = root => root.querySelectorAll('*').forEach(node => {
        for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(node.getAttribute(name) ?? '');
        if (!node.shadowRoot) return;
        texts.push(...[...node.shadowRoot.children].map(child => child.innerText ?? ''));
        read(node.shadowRoot);
    });
    read(document);
    return texts.join('\\n');
}"""


@pytest.fixture(scope="module", autouse=True)
def finished_run(server: Server, browser: Browser) -> Run:
    """Run 1, on the digits, really trained."""
    workspace = Workspace(server.home, server.home)
    digits = DatasetStore(workspace).imported("digits")
    run = RunStore(workspace.runs).create(default_spec(digits), digits)
    page = browser.new_page()
    screen = Screen(page, server.address).open(f"train?run={run.id}")
    expect(screen.badge("FINISHED")).to_be_visible(timeout=60_000)
    page.close()
    return run


def test_everything_is_chinese_when_the_browser_is(visit: Visit) -> None:
    english = _sentences("en") - _sentences("zh")
    screen = visit(language="zh")
    for path in PAGES:
        screen.open(path).settle()
        expect(screen.title(path.partition("?")[0] or "home")).to_be_visible()
        text = screen.page.evaluate(TEXTS)
        assert [sentence for sentence in english if sentence in text] == []


def test_english_is_kept_when_a_chinese_reader_chooses_it(visit: Visit) -> None:
    screen = visit(language="zh")
    expect(screen.title("home")).to_be_visible()
    screen.page.get_by_role("radio", name=LANGUAGES["en"]).click()
    screen.language = "en"
    expect(screen.title("home")).to_be_visible()
    for name in ("explore", "configure", "train", "evaluate", "home"):
        screen.go_to(name)
        screen.page.wait_for_url("**lang=en**")
    screen.page.reload()
    expect(screen.title("home")).to_be_visible()
    screen.page.get_by_role("radio", name=LANGUAGES["zh"]).click()
    screen.language = "zh"
    expect(screen.title("home")).to_be_visible()
    expect(screen.page).not_to_have_url(re.compile("lang="))


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_when_the_screen_is_narrow(path: str, visit: Visit) -> None:
    screen = visit(path, width=PHONE).settle()
    widths = "() => ['html', 'body', '[data-testid=stMain]'].map(part => document.querySelector(part).scrollWidth)"
    assert max(screen.page.evaluate(widths)) <= PHONE
    primary = screen.page.locator("[data-testid=stBaseButton-primary]").first
    expect(primary).to_be_in_viewport(ratio=1)
    _fits(primary)
    if path.startswith("evaluate"):
        _fits(screen.page.get_by_role("grid"))


def test_cell_is_chosen_when_the_matrix_is_walked_with_arrow_keys(visit: Visit) -> None:
    screen = visit("evaluate?run=1")
    screen.cell(0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        screen.page.keyboard.press(key)
    screen.page.wait_for_url("**cell=1-1**")
    expect(screen.cell(1, 1)).to_be_focused()
    expect(screen.cell(1, 1)).to_have_attribute("aria-pressed", "true")
    expect(screen.cell(0, 0)).to_have_attribute("aria-pressed", "false")
    screen.page.keyboard.press("Escape")
    expect(screen.page).not_to_have_url(re.compile("cell="))


@pytest.mark.parametrize("page", ["train", "evaluate"])
@pytest.mark.parametrize("run", ["999", "../x"])
def test_one_sentence_is_shown_when_the_url_names_no_run(page: str, run: str, visit: Visit) -> None:
    screen = visit(f"{page}?run={run}")
    _one_alert(screen, screen.t("problem.unknown_run", run=run))
    screen.go_to("home")
    expect(screen.button("home_train")).to_be_enabled()


@pytest.mark.parametrize("page", ["explore", "configure"])
def test_one_sentence_is_shown_when_the_url_names_no_data_set(page: str, visit: Visit) -> None:
    screen = visit(f"{page}?dataset=nonsense")
    _one_alert(screen, screen.t("problem.unknown_dataset", dataset="nonsense", known="").rstrip(" ."))
    screen.go_to("home")
    expect(screen.button("home_train")).to_be_enabled()


def test_no_cell_is_chosen_when_the_url_names_none(visit: Visit) -> None:
    screen = visit("evaluate?run=1&cell=foo")
    expect(screen.page.get_by_role("grid")).to_be_visible()
    expect(screen.page).not_to_have_url(re.compile("cell="))
    expect(screen.page.locator("button[aria-pressed=true]")).to_have_count(0)


def test_training_is_refused_until_the_learning_rate_is_above_zero(visit: Visit) -> None:
    screen = visit("configure?dataset=digits").settle()
    train = screen.button("configure_train")
    screen.open_tab("configure.training")
    screen.enter(screen.number_field("learning_rate"), 0)
    _one_alert(screen, screen.t("problem.not_above_learning_rate", given="0"))
    expect(train).to_be_disabled()
    screen.enter(screen.number_field("learning_rate"), 0.01)
    expect(train).to_be_enabled()
    expect(screen.page.get_by_role("alert")).to_have_count(0)


def test_training_is_refused_until_the_number_of_outputs_is_cured(visit: Visit) -> None:
    screen = visit("configure?dataset=digits").settle()
    units = screen.number_field("units").last
    screen.enter(units, 7)
    _cure(screen, screen.t("problem.wrong_number_of_outputs", outputs=7, classes=10))
    expect(units).to_have_value("10")


def test_training_is_refused_until_the_labels_fit_the_loss(visit: Visit) -> None:
    screen = visit("configure?dataset=digits", height=1800).settle()
    screen.open_tab("configure.training")
    squared = screen.t("configure.loss_mean_squared_error")
    screen.choose(screen.t("field.loss"), squared)
    integer, one_hot = (screen.t(f"configure.target_encoding_{name}") for name in ("integer", "one_hot"))
    _cure(screen, screen.t("problem.wrong_target_encoding", loss=squared, given=integer, allowed=one_hot))
    expect(screen.page.get_by_role("combobox", name=screen.t("field.target_encoding"))).to_have_value(one_hot)


def _cure(screen: Screen, sentence: str) -> None:
    """The sentence stands there and nothing can be trained, until the button under it is pressed."""
    _one_alert(screen, sentence)
    expect(screen.button("configure_train")).to_be_disabled()
    screen.button("configure_cure_error_0").click()
    expect(screen.page.get_by_role("alert")).to_have_count(0)
    expect(screen.button("configure_train")).to_be_enabled()


def _one_alert(screen: Screen, sentence: str) -> None:
    expect(screen.page.get_by_role("alert")).to_have_count(1)
    expect(screen.page.get_by_role("alert")).to_contain_text(sentence)


def _fits(locator: Locator) -> None:
    box = locator.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE


def _sentences(language: str) -> set[str]:
    """The words between the gaps of all sentences, where they are long enough to be recognised."""
    parts = (part for text in catalogue(language).values() for part in re.split(r"\{[^}]*\}|\*\*|`", text))
    return {part.strip() for part in parts if len(part.strip()) >= SENTENCE}
