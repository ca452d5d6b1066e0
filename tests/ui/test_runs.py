"""Runs by name: what they are called everywhere, and what Home lets one do with them.

Choosing rows and dialogs need a browser: tests/browser/test_runs.py.
"""

import io
import shutil
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dl.errors import LabelTooLong
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.labels import LABEL
from dl.runs.status import State
from dl.runs.table import RunTable
from dl.specs import RunSpec
from dl.workspace import Workspace
from ui.home.run_table import run_frame
from ui.problems import sentence
from ui.shared.runs import changed_at, run_label
from ui.text import catalogue

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]
BuildSpec = Callable[..., RunSpec]


def own_network(spec: RunSpec, units: int) -> RunSpec:
    """The textbook network with another number of hidden units."""
    wanted = spec.model_dump(mode="json")
    wanted["model"]["layers"][-2]["units"] = units
    return RunSpec.model_validate(wanted)


def menu(run: Run) -> str:
    return f"run_menu_{run.id}_{changed_at(run, LABEL)}"


def headings(app: AppTest) -> list[str]:
    """Of the cards."""
    return [str(element.value) for element in app.markdown if str(element.value).startswith("**")]


def test_run_is_called_by_its_name_else_by_its_data_and_network(
    quiet_server: Workspace, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    run, own = fake_run(), fake_run(spec=own_network(digits_spec(), 32))
    other = fake_run(spec=own_network(digits_spec(), 64))
    assert run_label(run) == f"#{run.id} · Digits 8×8 · Textbook"
    assert (run_label(own), run_label(other)) == (
        f"#{own.id} · Digits 8×8 · Dense 32 → 10",
        f"#{other.id} · Digits 8×8 · Dense 64 → 10",
    )
    own.relabel(name="Half as wide")
    assert run_label(own) == f"#{own.id} · Half as wide"
    own.relabel(name="")
    assert "Dense 32" in run_label(own)


@pytest.mark.parametrize("page", ["train", "evaluate"])
def test_list_of_runs_shows_a_new_name_at_once(page: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    app = open_app(page, run=run.id)
    run.relabel(name="Renamed *elsewhere*")
    app.run()
    assert any("Renamed *elsewhere*" in option for box in app.selectbox for option in box.options)


def test_name_on_a_card_is_no_markdown(open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run().relabel(name="![x](http://e) **b**")
    heading = headings(open_app("home"))[-1]
    assert r"\!\[x\](http\://e) \*\*b\*\*" in heading.replace("\u2060", "") and "http\\://" not in heading


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "PAUSED", "FINISHED"])
def test_run_is_named_and_starred_on_its_card_in_any_state(state: State, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(state)
    app = open_app("home")
    app.text_input(key=f"{menu(run)}_name").set_value("Bigger steps")
    app.text_area(key=f"{menu(run)}_note").set_value("Why so jumpy?")
    app.button(key=f"{menu(run)}_save").click().run()
    assert (run.label().name, run.label().note) == ("Bigger steps", "Why so jumpy?")
    assert rf"**\#{run.id} · Bigger steps**" in headings(app)
    assert "Why so jumpy?" in [str(caption.value) for caption in app.caption]
    app.button(key=f"{menu(run)}_star").click().run()
    assert rf"**★ \#{run.id} · Bigger steps**" in headings(app)
    app.button(key=f"{menu(run)}_star").click().run()
    assert not run.label().star and not app.exception and not app.error


def test_too_long_a_name_has_a_sentence() -> None:
    """The field takes no more."""
    assert "61 characters; it can have 60" in sentence(LabelTooLong(part="name", length=61, limit=60))


@pytest.mark.parametrize("action", ["save", "star"])
def test_naming_a_run_that_is_gone_gives_a_sentence(action: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    app = open_app("home")
    key = f"{menu(run)}_{action}"
    fake_run()
    shutil.move(run.folder, run.folder.with_name("aside"))
    app.button(key=key).click().run()
    assert not app.exception


def test_best_of_each_data_set_is_on_home(open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run(reached={"accuracy": 0.9})
    fake_run(reached={"accuracy": 0.977})
    app = open_app("home")
    assert "Digits 8×8: 97.7 %" in [str(caption.value) for caption in app.caption]
    assert len(app.header) == 2 and not app.subheader  # no level between them and the title is left out


def test_url_opens_the_table_of_all_runs(open_app: OpenPage, fake_run: FakeRun) -> None:
    runs = [fake_run(reached={"accuracy": 0.5 + 0.01 * place}) for place in range(8)]
    runs[0].relabel(name="first", star=True)
    app = open_app("home", runs="all")
    table = app.dataframe[0].value
    assert list(table["run"]) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert table.iloc[-1]["name"] == "first" and table.iloc[-1]["star"] == "★"
    assert table["test_accuracy"].round(1).tolist()[:2] == [57.0, 56.0]
    for key in ("open", "compare", "rename", "star", "delete"):
        assert app.button(key=f"home_{key}").disabled
    app.segmented_control(key="home_view").set_value("recent").run()
    assert not app.dataframe and "runs" not in app.query_params
    app.segmented_control(key="home_view").set_value("all").run()
    assert app.dataframe and app.query_params["runs"] == "all"


def test_table_is_searched_by_words_star_and_data_set_and_the_url_keeps_it(
    open_app: OpenPage, fake_run: FakeRun
) -> None:
    for _ in range(3):
        fake_run()
    runs = {run.id: run for run in RunStore(fake_run().folder.parent).list()}
    runs["1"].relabel(name="Wider", note="with Anna")
    runs["2"].relabel(star=True)
    app = open_app("home", runs="all")
    app.text_input(key="home_filter_words").set_value("anna WIDER").run()
    assert app.dataframe[0].value["run"].tolist() == [1] and app.query_params["q"] == "anna WIDER"
    app.text_input(key="home_filter_words").set_value("").run()
    app.toggle(key="home_filter_starred").set_value(True).run()
    assert app.dataframe[0].value["run"].tolist() == [2] and app.query_params["starred"] == "1"
    app = open_app("home", runs="all", starred="1", q="wider")
    assert not app.dataframe and "None of the 4 runs" in app.info[0].value and not app.exception
    app = open_app("home", runs="all", of="digits")
    assert len(app.dataframe[0].value) == 4 and app.selectbox(key="home_filter_dataset").value == "digits"
    assert len(open_app("home", runs="all", of="nowhere").dataframe[0].value) == 4


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_table_holds_runs_in_any_state_and_in_ruins(locale: str, open_app: OpenPage, fake_run: FakeRun) -> None:
    for state in ("QUEUED", "RUNNING", "PAUSED", "FINISHED", "FAILED"):
        fake_run(state)
    (fake_run().folder / "status.json").write_bytes(b"{")
    (fake_run().folder / "spec.json").write_bytes(b"{")
    app = open_app("home", locale, runs="all")
    assert not app.exception and not app.error
    words = catalogue("zh" if locale.startswith("zh") else "en")
    states = ("FINISHED", "unreadable", "FAILED", "FINISHED", "PAUSED", "RUNNING", "QUEUED")
    assert list(app.dataframe[0].value["state"]) == [words[f"state.{state}"] for state in states]


def test_table_holds_one_run_that_cannot_be_read(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run()
    for name in ("status.json", "spec.json", "epochs.jsonl"):
        (run.folder / name).unlink()
    app = open_app("home", runs="all")
    assert not app.exception and len(app.dataframe[0].value) == 1


def test_table_that_is_taken_away_holds_no_formulas(quiet_server: Workspace, fake_run: FakeRun) -> None:
    fake_run(reached={"accuracy": 0.5}).relabel(name='=HYPERLINK("http://e")', note="@SUM(A1)")
    text = run_frame(RunTable(RunStore(quiet_server.runs)).rows()).to_csv(index=False)
    table = pd.read_csv(io.StringIO(text))
    assert table["name"][0].startswith("'=") and table["note"][0].startswith("'@")
    assert table["test_accuracy"][0] == 0.5


@pytest.mark.parametrize("action", ["open", "compare", "rename", "star", "delete"])
def test_click_does_nothing_when_the_chosen_run_has_gone_meanwhile(
    action: str, open_app: OpenPage, fake_run: FakeRun
) -> None:
    """The browser clicked when there was one."""
    fake_run()
    app = open_app("home", runs="all")
    button = app.button(key=f"home_{action}")
    button.proto.disabled = False  # as it was when it was clicked
    button.click().run()
    assert not app.exception and app.dataframe
    assert "run_delete_yes" not in [button.key for button in app.button]


def deleted(app: AppTest, workspace: Workspace, *runs: Run) -> AppTest:
    """Home right after these were deleted."""
    Supervisor(workspace).delete(runs)
    app.session_state["session"].deleted = [run.id for run in runs]
    return app.run()


def test_deleting_several_can_be_undone_until_home_is_left(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    first, second, third = fake_run(), fake_run(), fake_run()
    app = deleted(open_app("home"), quiet_server, first, third)
    assert len(headings(app)) and f"#{first.id} ·" not in "".join(headings(app))
    assert any(f"#{first.id}, #{third.id}" in str(element.value) for element in app.markdown)
    app.button(key="home_undo").click().run()
    assert RunStore(quiet_server.runs).list() == [third, second, first]
    assert not [button for button in app.button if button.key == "home_undo"]


def test_deleted_run_can_be_brought_back_or_removed_from_the_list(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    kept, removed = fake_run(), fake_run()
    kept.relabel(name="the good one")
    app = deleted(open_app("home"), quiet_server, kept, removed)
    chosen = app.multiselect(key="home_deleted_chosen")
    assert f"#{kept.id} · the good one" in chosen.options
    chosen.set_value([removed.id]).run()
    app.button(key="home_remove").click().run()
    app.multiselect(key="home_deleted_chosen").set_value([kept.id]).run()
    app.button(key="home_restore").click().run()
    assert RunStore(quiet_server.runs).list() == [kept]
    assert Supervisor(quiet_server).deleted.list() == [] and not app.exception


def test_undo_of_what_is_back_already_is_harmless(
    open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    run = fake_run()
    app = deleted(open_app("home"), quiet_server, run)
    Supervisor(quiet_server).deleted.restore(run.id)
    app.button(key="home_undo").click().run()
    assert not app.exception and RunStore(quiet_server.runs).list() == [run]


@pytest.mark.parametrize("page", ["train", "evaluate"])
def test_page_of_a_deleted_run_says_that_it_is_gone(
    page: str, open_app: OpenPage, fake_run: FakeRun, quiet_server: Workspace
) -> None:
    run, other = fake_run(), fake_run()
    app = open_app(page, run=run.id)
    Supervisor(quiet_server).delete([run])
    app.run()
    assert not app.exception and "There is no run" in app.error[0].value
    assert other.id in "".join(str(box.options) for box in app.selectbox)


def test_menu_of_a_run_belongs_to_any_page(fake_run: FakeRun, quiet_server: Workspace) -> None:
    run = fake_run()

    def page(id: str) -> None:
        from ui.server import server
        from ui.shared.run_menu import run_dialogs, run_menu

        run_menu(server().runs.get(id))
        run_dialogs()

    app = AppTest.from_function(page, args=(run.id,), default_timeout=60)
    app.context = {"locale": "en-US"}
    app.run()
    app.button(key=f"{menu(run)}_delete").click().run()
    asked: list[Any] = [button.key for button in app.button]
    assert "run_delete_yes" in asked and RunStore(quiet_server.runs).list() == [run]


def test_run_that_learnt_nothing_has_no_tick(open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run(reached={"accuracy": 0.1, "majority": (0, 0.1)})
    fake_run(reached={"accuracy": 0.9, "majority": (0, 0.1)})
    badges = [element.value for element in open_app("home").markdown if "Finished" in element.value]
    assert ["orange" in badge for badge in badges] == [False, True]
