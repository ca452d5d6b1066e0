"""Runs named, starred, deleted and brought back in a real browser, where rows are chosen and dialogs open."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bench.page_object import Screen
from bench.served import Server
from dl.datasets import DatasetStore
from dl.runs import Run, RunStore
from dl.runs.results import Results, forget_results, write_results
from dl.specs.presets import default_spec
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
ROW = 35
REACHED = {"digits": (0.95, 0.977, 0.9), "mnist_sample": (0.91,)}


@pytest.fixture
def store(server: Server) -> RunStore:
    """Four runs that have ended; those of other tests are gone."""
    workspace = Workspace(server.home, server.home)
    store = RunStore(workspace.runs)
    for run in store.list():
        forget_results(run.folder)
        run.write_status(run.written_status())  # which is what is watched
    for dataset, scores in REACHED.items():
        for accuracy in scores:
            _ended_run(store, workspace, dataset, accuracy)
    return store


def _ended_run(store: RunStore, workspace: Workspace, dataset: str, accuracy: float) -> None:
    description = DatasetStore(workspace).imported(dataset)
    run = store.create(default_spec(description), description, claimed=True)
    ended = {"state": "FINISHED", "phase": "ended", "started_at": time.time(), "ended_at": time.time()}
    write_results(run.folder, Results(scores={"accuracy": accuracy}))
    run.write_status(run.written_status().update(**ended))


def choose(screen: Screen, *places: int) -> None:
    """Rows of the table, which is a drawing; the first one is 0."""
    canvas = screen.page.locator(".stDataFrame canvas").first
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box
    for place in places:
        screen.page.mouse.click(box["x"] + 16, box["y"] + ROW * (place + 1.5))
    expect(screen.button("home_compare" if len(places) > 1 else "home_open")).to_be_enabled()


def test_run_is_named_starred_deleted_and_brought_back(visit: Visit, store: RunStore) -> None:
    newest = store.list()[0]
    screen = visit("?runs=all").settle()
    screen.page.locator(".stDataFrame").hover()
    expect(screen.page.get_by_role("button", name=re.compile("^Search"))).to_be_visible()
    choose(screen, 0)
    screen.button("home_rename").click()
    name = screen.page.get_by_role("textbox", name=screen.t("run.name"), exact=True)
    name.fill("Bigger *steps*")
    name.press("Enter")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    assert newest.label().name == "Bigger *steps*"
    screen.button("home_star").click()
    expect(screen.button("home_star")).to_contain_text(screen.t("run.unstar"))
    assert newest.label().star

    screen.button("home_delete").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text(f"#{newest.id} · Bigger *steps*")
    screen.button("run_delete_yes").click()
    deleted = screen.page.locator(".st-key-home_deleted")
    expect(deleted).to_contain_text(screen.t("home.deleted", runs=f"#{newest.id}"))
    assert newest not in store.list()
    screen.button("home_undo").click()
    expect(deleted).to_have_count(0)
    assert store.list()[0] == newest and newest.label().star


def test_several_are_deleted_at_once_and_compared_after_they_are_back(visit: Visit, store: RunStore) -> None:
    runs = store.list()
    screen = visit("?runs=all").settle()
    choose(screen, 0, 2)
    screen.button("home_delete").click()
    screen.button("run_delete_yes").click()
    deleted = screen.page.locator(".st-key-home_deleted")
    expect(deleted).to_contain_text(screen.t("home.deleted", runs=f"#{runs[0].id}, #{runs[2].id}"))
    assert store.list() == [runs[1], *runs[3:]]
    screen.button("home_undo").click()
    expect(deleted).to_have_count(0)
    assert store.list() == runs
    choose(screen, 0, 2)
    screen.button("home_compare").click()
    compared = f"{runs[0].id},{runs[2].id}"
    screen.page.wait_for_url(lambda url: f"view=compare&runs={compared}" in url.replace("%2C", ","))
    expect(screen.title("evaluate")).to_be_visible()


def test_run_in_training_is_not_deleted(visit: Visit, store: RunStore, train: TrainRun) -> None:
    running = train(epochs=2000)
    screen = visit("?runs=all").settle()
    choose(screen, 0)
    screen.button("home_delete").click()
    screen.button("run_delete_yes").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text(screen.t("problem.run_at_work", run=running.id))
    assert running in store.list()


def test_run_is_named_from_its_card_by_keyboard(visit: Visit, store: RunStore) -> None:
    newest = store.list()[0]
    screen = visit("", width=390).settle()
    menu = screen.page.get_by_role("button", name=screen.t("run.more"), exact=True).first
    menu.focus()
    menu.press("Enter")
    name = screen.page.get_by_role("textbox", name=screen.t("run.name"), exact=True).filter(visible=True)
    name.fill("From the card")
    name.press("Enter")
    expect(screen.page.get_by_text(f"#{newest.id} · From the card", exact=True)).to_be_visible()
    expect(name).to_have_count(0)


def test_best_of_each_data_set_is_told(visit: Visit, store: RunStore) -> None:
    screen = visit().settle()
    for dataset, best in (("digits", "97.7 %"), ("mnist_sample", "91.0 %")):
        said = screen.t("home.best", dataset=screen.t(f"dataset.{dataset}_name"), score=best)
        expect(screen.page.get_by_text(said)).to_be_visible()


def test_run_deleted_on_its_page_is_brought_back_on_home(visit: Visit, store: RunStore, train: TrainRun) -> None:
    run = train(epochs=1)
    screen = visit(f"train?run={run.id}")
    expect(screen.badge("FINISHED")).to_be_visible()
    screen.open(f"evaluate?run={run.id}").settle()
    screen.page.get_by_role("button", name=screen.t("run.more"), exact=True).click()
    screen.page.get_by_role("button", name=screen.t("run.delete"), exact=True).click()
    screen.button("run_delete_yes").click()
    expect(screen.title("home")).to_be_visible()
    assert run not in store.list()
    screen.button("home_undo").click()
    expect(screen.page.locator(".st-key-home_deleted")).to_have_count(0)
    assert store.list()[0] == run


def test_name_given_on_train_stands_in_its_list_at_once_and_is_no_link_on_home(visit: Visit, store: RunStore) -> None:
    run = store.list()[0]
    screen = visit(f"train?run={run.id}").settle()
    screen.page.get_by_role("button", name=screen.t("run.more"), exact=True).click()
    screen.enter(screen.page.get_by_label(screen.t("run.name"), exact=True), "www.example.org a@b.org https://c.org")
    shown = screen.page.locator(f".st-key-run_switch_{run.id} input")
    expect(shown).to_have_value(f"#{run.id} · www.example.org a@b.org https://c.org")
    home = visit().settle().page
    expect(home.get_by_text("example.org")).to_be_visible()
    expect(home.locator("a").filter(has_text=".org")).to_have_count(0)
