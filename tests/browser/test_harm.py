"""Clicks and keys that were meant for something else, or come twice: none of them loses anything."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bench.page_object import DEAF_MS, Screen
from bench.served import Server
from dl.runs import Run, RunStore

pytestmark = pytest.mark.browser

LONG = {"epochs": 2000, "batch_size": 1}
Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
PAGES = ("explore", "configure", "train", "evaluate")
Point = tuple[float, float]
# Where the last diamond is on the screen, in pixels, when there is one.
DIAMOND = """node => {
    const marks = node._fullData?.find(trace => trace.mode === 'markers');
    if (!marks?.x.length) return null;
    const { xaxis, yaxis } = node._fullLayout, box = node.getBoundingClientRect(), at = marks.x.length - 1;
    return [box.x + xaxis._offset + xaxis.c2p(marks.x[at]), box.y + yaxis._offset + yaxis.c2p(marks.y[at])];
}"""
# In the very frame in which a button appears, however slow the machine is.
CLICK_AT_ONCE = """name => {
    const button = document.querySelector(`.st-key-${name} button`);
    button?.click();
    return !!button;
}"""


def middle(button: Locator) -> Point:
    box = button.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def run_ids(server: Server) -> list[str]:
    return [run.id for run in RunStore(server.home / "runs").list()]


@pytest.fixture
def begun(server: Server) -> Iterator[Callable[[], list[str]]]:
    """The ids of the runs that were made since the test began."""
    before = set(run_ids(server))
    yield lambda: [id for id in run_ids(server) if id not in before]


def test_click_where_train_stood_does_not_stop_the_run(
    visit: Visit, train: TrainRun, begun: Callable[[], list[str]], server: Server
) -> None:
    screen = visit("configure?dataset=mnist_sample")
    button = screen.button("configure_train")
    expect(button).to_be_enabled()
    spot = middle(button)
    button.click()
    screen.page.wait_for_url("**/train?run=*")
    for wait in (900, 300, 300):
        screen.page.wait_for_timeout(wait)
        screen.page.mouse.click(*spot)
    (id,) = begun()
    run = RunStore(server.home / "runs").get(id)
    screen.page.wait_for_timeout(1000)
    assert run.requested_at("stop") is None and run.status().state != "STOPPED"


def test_second_click_on_pause_and_on_resume_does_nothing_and_says_so(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(1)
    stop = middle(screen.button("train_stop"))
    screen.page.wait_for_timeout(DEAF_MS)
    spot = middle(screen.button("train_pause"))
    for state, other in (("PAUSED", "train_resume"), ("RUNNING", "train_pause")):
        screen.page.mouse.dblclick(*spot)
        screen.page.wait_for_function(CLICK_AT_ONCE, arg=other)
        expect(screen.says("train.too_soon")).to_be_visible()
        expect(screen.badge(state)).to_be_visible()
        assert abs(middle(screen.button("train_stop"))[0] - stop[0]) < 2, "Stop keeps its place"
        screen.page.wait_for_timeout(DEAF_MS)
        spot = middle(screen.button(other))
    assert run.requested_at("stop") is None and run.status().state == "RUNNING"


def test_stopped_run_goes_on_where_it_was(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(100)
    screen.press("train_stop")
    expect(screen.badge("STOPPED")).to_be_visible()
    expect(screen.button("train_evaluate")).to_be_visible()
    steps = len(run.steps())
    expect(screen.button("train_resume")).to_contain_text(screen.t("train.go_on"))
    screen.press("train_resume")
    screen.wait_for_step(steps + 100)
    assert run.status().state == "RUNNING" and run.status().attempt == 2 and run.results() is None


@pytest.mark.parametrize("gap", [0, 40, 400])
def test_two_clicks_on_train_begin_one_run(
    visit: Visit, train: TrainRun, begun: Callable[[], list[str]], gap: int
) -> None:
    """`gap` in ms: the second click comes before the first was heard, while it is answered, or after that."""
    screen = visit("configure?dataset=digits")
    expect(screen.button("configure_train")).to_be_enabled()
    screen.button("configure_train").click(click_count=2, delay=gap)
    screen.page.wait_for_url("**/train?run=*")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    (first,) = begun()
    screen.page.wait_for_timeout(DEAF_MS)
    screen.button("train_again").click(click_count=2, delay=gap)
    screen.page.wait_for_url(f"**/train?run={int(first) + 1}")
    expect(screen.badge("FINISHED")).to_be_visible(timeout=60_000)
    assert len(begun()) == 2


def test_second_click_on_cancel_leaves_the_next_run_in_the_queue(visit: Visit, train: TrainRun) -> None:
    train("mnist_sample", **LONG)
    waiting = [train("digits") for _ in range(2)]
    screen = visit("train")
    first = screen.button(f"train_cancel_{waiting[0].id}")
    expect(first).to_be_visible()
    screen.page.wait_for_timeout(DEAF_MS)
    spot = middle(first)
    screen.page.mouse.dblclick(*spot)
    expect(first).to_have_count(0)
    screen.page.mouse.click(*spot)
    screen.page.wait_for_timeout(500)
    assert [run.status().state for run in waiting] == ["STOPPED", "QUEUED"]


def test_cancelled_run_does_not_claim_to_have_kept_a_network(visit: Visit, train: TrainRun) -> None:
    train("mnist_sample", **LONG)
    waiting = train("digits")
    screen = visit(f"train?run={waiting.id}")
    expect(screen.badge("QUEUED")).to_be_visible()
    screen.press("train_stop")
    expect(screen.says("train.ended_cancelled")).to_be_visible()
    expect(screen.button("train_resume")).to_have_count(0)
    expect(screen.button("train_again")).to_be_visible()


def test_only_a_diamond_opens_a_fork_and_never_a_double_click_and_the_fork_begins_once(
    visit: Visit, train: TrainRun, begun: Callable[[], list[str]]
) -> None:
    run = train("digits", epochs=3)
    screen = visit(f"train?run={run.id}")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    x, y = screen.page.wait_for_function(DIAMOND, arg=screen.chart("loss")).json_value()
    dialog = screen.page.get_by_role("dialog")
    for away, click in (((-60, -90), screen.page.mouse.click), ((0, 0), screen.page.mouse.dblclick)):
        screen.page.mouse.move(x + away[0], y + away[1], steps=4)
        click(x + away[0], y + away[1])
        screen.page.wait_for_timeout(1200)
        expect(dialog).to_have_count(0)
    screen.page.mouse.move(x + 3, y + 3, steps=4)
    screen.page.mouse.click(x + 3, y + 3)
    expect(dialog).to_be_visible()
    screen.enter(screen.number_field("fork_epochs"), 4)
    screen.button("train_fork_start").dblclick()
    screen.page.wait_for_url(lambda url: f"run={run.id}" not in url)
    expect(screen.badge("FINISHED")).to_be_visible(timeout=60_000)
    assert len(begun()) == 2, "the run and its fork"


def test_back_goes_through_pages_once_each(visit: Visit, train: TrainRun) -> None:
    run = train("digits")
    screen = visit(f"train?run={run.id}")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    screen.go_to("home")
    for name in PAGES:
        screen.go_to(name)
        screen.settle()
    screen.page.locator(".st-key-evaluate_run").wait_for()
    for name in ("train", "configure", "explore", "home"):
        screen.page.go_back()
        expect(screen.title(name)).to_be_visible()
    for name in PAGES:
        screen.page.go_forward()
        expect(screen.title(name)).to_be_visible()


def test_how_the_curves_are_drawn_is_in_the_address(visit: Visit, train: TrainRun) -> None:
    beside, run = train("digits"), train("digits")
    screen = visit(f"train?run={run.id}&overlay={beside.id}&smoothing=0.5&log=true&recent=true&points=epoch")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    expect(screen.page.get_by_role("slider", name=screen.t("train.smoothing"))).to_have_value("0.5")
    screen.page.wait_for_function(
        "node => node._fullLayout?.yaxis.type === 'log' && node._fullData.some(({ name }) => name.startsWith('#'))",
        arg=screen.chart("loss"),
    )
    screen.page.locator(".st-key-train_log label").click()
    screen.page.wait_for_url(lambda url: "log=" not in url and f"overlay={beside.id}" in url.replace("%2C", ","))


def test_training_that_learnt_nothing_is_not_celebrated(visit: Visit, train: TrainRun) -> None:
    run = train("digits", epochs=1, optimizer={"type": "SGD", "learning_rate": 100.0})
    screen = visit(f"train?run={run.id}")
    result = screen.page.locator(".board .result")
    expect(result).to_contain_text(screen.t("train.result_no_better"), timeout=60_000)
    expect(result).to_have_attribute("data-tone", "caution")


def test_space_belongs_to_what_has_the_focus(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(1)
    screen.page.wait_for_timeout(DEAF_MS)
    summary = screen.page.locator("summary").filter(has_text=screen.t("train.engine"))
    for focused in (summary, screen.page.get_by_role("slider"), screen.page.locator("[data-tool=reset]").first):
        focused.focus()
        screen.page.keyboard.press("Space")
    screen.page.wait_for_timeout(700)
    assert run.requested_at("pause") is None and run.status().state == "RUNNING"
    expect(screen.page.locator("details").filter(has=summary)).to_have_attribute("open", "")
    screen.page.locator(".stMain").focus()
    screen.page.keyboard.press("Space")
    expect(screen.badge("PAUSED")).to_be_visible(timeout=60_000)


def test_streamlit_offers_no_stop_of_its_own(visit: Visit) -> None:
    page = visit().settle().page
    page.evaluate("""() => {
        const widget = document.body.appendChild(document.createElement('div'));
        widget.dataset.testid = 'stStatusWidget';
        widget.innerHTML = '<button>Stop</button>';
    }""")
    expect(page.locator("[data-testid=stStatusWidget] button")).to_be_hidden()


def test_csv_of_a_chart_holds_every_step(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", epochs=3, batch_size=4)
    screen = visit(f"train?run={run.id}")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    with screen.page.expect_download() as download:
        screen.page.locator(".st-key-train_loss [data-tool=csv]").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["run", "series", "step", "epoch", "value"]
    training = [row for row in rows if row["series"] == "training"]
    assert [int(row["step"]) for row in training] == list(range(1, len(run.steps()) + 1))
    assert [float(row["value"]) for row in training] == pytest.approx(run.steps()["loss"].tolist(), rel=1e-6)
    assert [row["epoch"] for row in rows if row["series"] == "validation"] == ["1", "2", "3"]


def test_learning_rate_is_recorded_once_and_its_field_closes(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(1)
    screen.page.get_by_role("button", name=screen.t("train.change_learning_rate")).click()
    field = screen.page.locator(f".st-key-train_learning_rate_{run.id} input")
    field.fill("0.0002")
    apply = screen.button("train_learning_rate_apply")
    spot = middle(apply)
    field.press("Enter")
    screen.page.mouse.click(*spot)
    expect(apply).to_have_count(0)
    screen.wait_for_step(
        int(screen.page.locator("[data-number=step] dd").inner_text().split("/")[0].replace(",", "")) + 500
    )
    assert [change.learning_rate for change in run.changes()] == [0.0002]


def test_logarithmic_axis_keeps_the_zoom(visit: Visit, train: TrainRun) -> None:
    run = train("digits", epochs=3)
    screen = visit(f"train?run={run.id}")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    screen.zoom("loss")
    low, high, bottom, top = screen.chart_state("loss")["range"]
    screen.page.locator(".st-key-train_log label").click()
    screen.page.wait_for_function("node => node._fullLayout.yaxis.type === 'log'", arg=screen.chart("loss"))
    now = screen.chart_state("loss")["range"]
    assert now[:2] == [low, high]
    assert [10**end for end in now[2:]] == pytest.approx([bottom, top], rel=1e-3)


def test_page_is_marked_with_its_language(visit: Visit) -> None:
    for language, tag in (("en", "en"), ("zh", "zh")):
        visit(language=language).page.wait_for_function(f"document.documentElement.lang === '{tag}'")


def test_tab_tells_how_far_the_run_is_from_any_page_and_is_itself_again_after(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(1)
    for name in ("home", "evaluate"):
        screen.go_to(name)
        expect(screen.page).to_have_title(re.compile(rf"▶ \d+ % · #{run.id} · .* · Livefit"))
    run.request("stop")
    expect(screen.page).to_have_title(f"{screen.t('nav.evaluate')} · Livefit")
