"""A run that is left and gone on with, and one that begins where another one was saved."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from bench.page_object import DEAF_MS, Screen
from bench.served import Server
from dl.runs import Run, RunStore

pytestmark = pytest.mark.browser

LONG = {"epochs": 2000, "batch_size": 1}
# Where the diamond of this epoch is on the screen, in pixels.
PLACE = """([node, epoch]) => {
    const marks = node._fullData?.find(trace => trace.mode === 'markers');
    const at = marks ? [...marks.text].findIndex(text => text.match(/\\d+/)?.[0] === String(epoch)) : -1;
    if (at < 0) return null;
    const { xaxis, yaxis } = node._fullLayout, box = node.getBoundingClientRect();
    return [box.x + xaxis._offset + xaxis.c2p(marks.x[at]), box.y + yaxis._offset + yaxis.c2p(marks.y[at])];
}"""
Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]


def click_diamond(screen: Screen, epoch: int) -> Locator:
    """The dialog that a click opens; once more if the page moved under the mouse, as it does when a run ends."""
    dialog = screen.page.get_by_role("dialog")
    for _ in range(5):
        x, y = screen.page.wait_for_function(PLACE, arg=[screen.chart("loss"), epoch]).json_value()
        screen.page.mouse.move(x, y, steps=4)
        screen.page.mouse.click(x, y)
        try:
            dialog.wait_for(timeout=5000)
            break
        except PlaywrightTimeoutError:
            continue
    return dialog


def test_run_pauses_with_its_button_and_goes_on_with_the_space_bar(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(100)
    screen.press("train_pause")
    expect(screen.badge("PAUSED")).to_be_visible()
    steps = len(run.steps())
    assert run.status().step == steps and run.checkpoints.list()[-1].step == steps
    expect(screen.button("train_resume")).to_be_visible()
    screen.page.wait_for_timeout(DEAF_MS)
    screen.page.keyboard.press("Space")
    expect(screen.badge("RUNNING")).to_be_visible(timeout=60_000)
    screen.wait_for_step(steps + 100)
    screen.wait_for_point("loss", steps + 100)
    assert run.status().attempt == 2
    screen.press("train_stop")
    expect(screen.button("train_evaluate")).to_be_visible()


def test_clicked_diamond_is_forked_and_the_curves_join_there(visit: Visit, train: TrainRun, server: Server) -> None:
    parent = train("digits", epochs=4)
    screen = visit(f"train?run={parent.id}")
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    point = parent.checkpoints.list()[0]
    dialog = click_diamond(screen, point.epoch)
    expect(dialog).to_contain_text(screen.t("train.fork_title", run=parent.id, epoch=point.epoch))
    screen.enter(dialog.get_by_role("textbox", name=screen.t("field.learning_rate"), exact=True), 0.01)
    screen.button("train_fork_start").click()
    expect(
        screen.page.get_by_text(screen.t("train.fork_of", run=parent.id, epoch=point.epoch, step=point.step))
    ).to_be_visible()
    expect(screen.button("train_evaluate")).to_be_visible(timeout=60_000)
    fork = RunStore(server.home / "runs").get(screen.page.url.rpartition("=")[2])
    assert fork.spec().fork is not None and fork.spec().training.optimizer.learning_rate == 0.01
    assert len(fork.steps()) == 164 - point.step and fork.status().step == 164
    screen.wait_for_point("loss", 164)
    groups = [group for group, _ in screen.chart_state("loss")["lines"]]
    assert {f"{parent.id}/training", f"{fork.id}/training"} <= set(groups)
    ends = screen.page.evaluate(
        "node => node._fullData.map(trace => [trace.legendgroup, Math.max(...trace.x)])", screen.chart("loss")
    )
    assert dict(ends)[f"{parent.id}/training"] == point.step, "the parent's curve ends where the fork begins"


def test_learning_rate_is_changed_while_the_network_trains(visit: Visit, train: TrainRun) -> None:
    run = train("mnist_sample", **LONG)
    screen = visit(f"train?run={run.id}")
    screen.wait_for_step(100)
    screen.page.get_by_role("button", name=screen.t("train.change_learning_rate")).click()
    field = screen.page.get_by_test_id("stPopoverBody").get_by_role("textbox")
    screen.enter(field, 0.0005)
    changed = f"{screen.t('train.learning_rate_changes')}"
    expect(screen.page.get_by_text(changed)).to_be_visible(timeout=30_000)
    (change,) = run.changes()
    assert (change.learning_rate, change.by) == (0.0005, "user")
    screen.wait_for_step(change.step + 100)
    assert run.status().learning_rate == pytest.approx(0.0005)
    lines = "node => node._fullLayout.shapes.length === 1"
    screen.page.wait_for_function(lines, arg=screen.chart("loss"))
    screen.press("train_stop")
    expect(screen.button("train_evaluate")).to_be_visible()
