"""No page in any of its states, light or dark, has a fault that axe finds and that is ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from bench.page_object import Screen
from bench.runs import queue_run
from bench.served import Server
from dl.runs import Run
from dl.workspace import Workspace
from ui.charts.palette import palette

pytestmark = pytest.mark.browser

SOURCE = Path(__file__).with_name("axe.min.js").read_text("utf-8")
COLORS = ["color-contrast", "link-in-text-block"]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG = {"epochs": 2000, "batch_size": 1}  # for hours if nobody stops it
PHONE = 390
RUN_AXE = """async ([standards, excuses]) => {
    const ofTags = standards.includes('wcag2a');
    const rules = ofTags ? {'label-content-name-mismatch': {enabled: true}} : {};  // still an experiment of axe's
    const options = {runOnly: standards, rules, resultTypes: ['violations'], elementRef: true};
    const {violations} = await axe.run(document, options);
    const isExcused = (rule, element) => excuses.some(([of, selector]) => of === rule && element.closest(selector));
    return violations.flatMap(({id, nodes}) => nodes.filter(({element}) => !isExcused(id, element)).map(
        ({html, any, all, none}) => `${id}: ${[...any, ...all, ...none][0].message} ${html.slice(0, 300)}`
    ));
}"""
STILL = """() => document.getAnimations().every(
    animation => animation.playState !== 'running' || animation.effect.getTiming().iterations === Infinity)"""
PAINTED = "color => getComputedStyle(document.querySelector('.stApp')).backgroundColor === color"

Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
Act = Callable[[Screen], object]


@dataclass(frozen=True)
class Excuse:
    """What Streamlit itself draws wrong, and no setting of it can mend."""

    rule: str
    selector: str
    why: str


EXCUSES = (
    Excuse("color-contrast", ".stButton kbd", "the key beside a button's label is faint in every theme"),
    Excuse(
        "scrollable-region-focusable",
        ".stCode pre",
        "st.code scrolls, and its browser has to see to the keyboard",
    ),
    Excuse(
        "region", "[data-floating-ui-portal]", "what st.popover opens stands at the end of the page, in no landmark"
    ),
    Excuse(
        "presentation-role-conflict",
        "[data-testid=stFileUploaderDropzone]",
        "where st.file_uploader takes a drop has a name and no role; its button has both",
    ),
    Excuse("target-size", "[data-testid=stMultiSelect] input", "its field is as wide as what was typed into it"),
    Excuse("svg-img-alt", "[data-testid=stMetricChart]", "the points of the small chart of st.metric have no words"),
)


OPENING_MS = 700  # an expander that opens carries what is in it along


def _opens_catalogue(screen: Screen) -> None:
    screen.settle().button("explore_compare").click()
    expect(screen.page.get_by_role("dialog")).to_be_visible()


def _opens_tab(name: str) -> Act:
    return lambda screen: screen.settle().page.get_by_role("tab", name=screen.t(f"explore.tab_{name}")).click()


def _mistakes_units(screen: Screen) -> None:
    screen.settle().enter(screen.number_field("units").last, 7)
    expect(screen.page.get_by_role("alert")).to_be_visible()


def _opens_training(screen: Screen) -> None:
    screen.settle().open_tab("configure.training")
    screen.page.get_by_text(screen.t("configure.more_training"), exact=True).click()
    expect(screen.page.get_by_role("slider")).to_be_visible()


def _opens_code(screen: Screen) -> None:
    screen.settle().button("configure_code").click()
    expect(screen.page.get_by_test_id("stCode")).to_be_visible()


def _opens_menu(screen: Screen) -> None:
    _sees_curves(screen)
    screen.page.get_by_role("button", name=screen.t("run.more"), exact=True).click()
    expect(screen.page.get_by_label(screen.t("run.name"))).to_be_visible()


def _opens_fork(screen: Screen) -> None:
    _sees_curves(screen)
    screen.page.locator("summary").filter(has_text=screen.t("train.saved")).click()
    screen.page.wait_for_timeout(OPENING_MS)
    screen.button("train_fork").click()
    expect(screen.page.get_by_role("dialog")).to_be_visible()


def _sees_curves(screen: Screen) -> None:
    screen.wait_for_point("loss", 1)


def _settles(screen: Screen) -> None:
    screen.settle()


def _uploads_a_table(screen: Screen) -> None:
    rows = b"size,sold\n" + b"".join(b"%d,%d\n" % (n % 7, n % 2) for n in range(40))
    table: FilePayload = {"name": "shops.csv", "mimeType": "text/csv", "buffer": rows}
    screen.page.locator(".st-key-bring_upload input[type=file]").set_input_files(table)
    expect(screen.page.get_by_role("combobox", name=screen.t("bring.target"))).to_have_value("sold")
    screen.settle()


def _draws_a_one(screen: Screen) -> None:
    screen.settle().page.locator(".paper canvas").focus()
    for key in (*["ArrowUp"] * 8, " ", *["ArrowDown"] * 16, " "):
        screen.page.keyboard.press(key)
    _sees_an_answer(screen)


def _sees_an_answer(screen: Screen) -> None:
    expect(screen.page.locator(".answer strong")).not_to_have_text("")
    expect(screen.page.locator(".alike li").first).to_be_visible()


def _opens_all(screen: Screen) -> None:
    for summary in screen.page.locator("summary").all():
        summary.click()
        screen.page.wait_for_timeout(OPENING_MS)


# What is done on a page, one after the other; it is looked at after each.
STATES: dict[str, tuple[str, tuple[Act, ...]]] = {
    "home": ("", (_settles,)),
    "home all runs": ("?runs=all", (_settles,)),
    "explore": (
        "explore?dataset=digits",
        (_settles, _opens_tab("mean"), _opens_tab("values"), _opens_tab("arrays"), _opens_catalogue),
    ),
    "explore a class": ("explore?dataset=mnist_sample&class=3&split=test&page=2", (_settles,)),
    "explore what must be downloaded": ("explore?dataset=mnist", (_settles,)),
    "explore what is unknown": ("explore?dataset=nonsense", (_settles,)),
    "bring a table": ("explore?bring=new", (_settles, _uploads_a_table)),
    "configure": ("configure?dataset=digits", (_settles, _opens_training, _opens_code)),
    "configure a wrong number": ("configure?dataset=digits", (_mistakes_units,)),
    "train": ("train?run=1", (_sees_curves, _opens_fork)),
    "train the run's menu": ("train?run=1", (_opens_menu,)),
    "evaluate": ("evaluate?run=1", (_settles,)),
    "evaluate a cell": ("evaluate?run=1&cell=0-0", (_settles,)),
    "evaluate what is unknown": ("evaluate?run=999", (_settles,)),
    "evaluate a table": ("evaluate?run=3", (_settles,)),
    "compare": ("evaluate?view=compare&runs=1,2", (_settles,)),
    "predict": ("predict?run=1", (_draws_a_one, _opens_all)),
    "predict a picture of one's own": ("predict?run=1&by=picture", (_settles,)),
    "predict a test picture": ("predict?run=1&by=example&row=3", (_sees_an_answer,)),
    "predict a row": ("predict?run=3", (_settles,)),
    "predict a file": ("predict?run=3&by=file", (_settles,)),
}
ON_A_PHONE = ("home", "explore", "configure", "train", "evaluate a cell", "compare", "predict", "predict a row")


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("digits", "mnist_sample", "iris")


@pytest.fixture(scope="module")
def finished_run(server: Server, browser: Browser) -> Run:
    """Run 1, on the digits, really trained; run 2 repeats it with another seed, run 3 is on a table."""
    home = Workspace(server.home, server.home)
    run, *_, last = (queue_run(home, name, seed=seed) for name, seed in (("digits", 0), ("digits", 1), ("iris", 0)))
    page = browser.new_page()
    expect(Screen(page, server.address).open(f"train?run={last.id}").badge("FINISHED")).to_be_visible(timeout=60_000)
    page.close()
    return run


@pytest.mark.parametrize("path", ["", "train", "evaluate", "predict"])
def test_nothing_is_wrong_before_the_first_run(path: str, visit: Visit) -> None:
    _has_no_faults(visit(path).settle().page)


@pytest.mark.parametrize("name", STATES)
def test_nothing_is_wrong_on_a_page(name: str, visit: Visit, finished_run: Run) -> None:
    path, acts = STATES[name]
    screen = visit(path)
    for act in acts:
        act(screen)
        _has_no_faults(screen.page)


@pytest.mark.parametrize("name", ON_A_PHONE)
def test_nothing_is_wrong_in_chinese_on_a_phone(name: str, visit: Visit, finished_run: Run) -> None:
    path, (first, *_) = STATES[name]
    screen = visit(path, language="zh", width=PHONE)
    first(screen)
    _has_no_faults(screen.page)


def test_nothing_is_wrong_while_a_network_trains_and_pauses(visit: Visit, train: TrainRun, finished_run: Run) -> None:
    run = train("digits", **LONG)
    screen = visit(f"train?run={run.id}")
    _sees_curves(screen)
    screen.page.get_by_text(screen.t("train.change_learning_rate"), exact=True).click()
    expect(screen.number_field("learning_rate")).to_be_visible()
    _has_no_faults(screen.page)
    screen.page.keyboard.press("Escape")
    _has_no_faults(visit().settle().page)
    screen.press("train_pause")
    expect(screen.badge("PAUSED")).to_be_visible()
    _has_no_faults(screen.page)


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<img src='data:,'>", "image-alt"),
        ("<p style='color: #aaa'>faint</p>", "color-contrast"),
        ("<button aria-label='1,122 pictures'>1122</button>", "label-content-name-mismatch"),
    ],
)
def test_what_is_wrong_is_found_inside_a_component_too(html: str, rule: str, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main><h1>Title</h1><div id='host'></div></main>")
    page.evaluate("html => (host.attachShadow({mode: 'open'}).innerHTML = html)", html)
    assert any(fault.startswith(f"{rule}:") for fault in _faults(page))
    page.close()


def _has_no_faults(page: Page) -> None:
    """Light first, then dark, where only colours are other ones."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(PAINTED, arg=_rgb(palette(scheme == "dark").background))
        page.wait_for_function(STILL)
        faults = _faults(page, STANDARDS if scheme == "light" else COLORS)
        assert not faults, "\n".join([scheme, *faults])


def _faults(page: Page, rules: Sequence[str] = STANDARDS) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE)
    return list(page.evaluate(RUN_AXE, [rules, [[excuse.rule, excuse.selector] for excuse in EXCUSES]]))


def _rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[place : place + 2], 16)) for place in (1, 3, 5))})"
