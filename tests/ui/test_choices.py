"""What is decided about a table on Explore: target, task, columns and test rows; and deleting it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets import Dataset, DatasetStore
from dl.datasets.tables.request import TableRequest
from dl.workspace import Workspace

OpenPage = Callable[..., AppTest]
HEAD = "size,place,day,sold\n"
ROWS = "".join(f"{n / 4},p{n % 3},2020-01-{1 + n % 28:02},{'yes' if n % 2 else 'no'}\n" for n in range(60))
TEST = "".join(f"{n},p{n % 3},2021-01-01,{'yes.' if n % 2 else 'never.'}\n" for n in range(12))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two data sets in a folder: "shops", of which one row could not be read, and "tested", with a test file."""
    home = tmp_path_factory.mktemp("made")
    store = DatasetStore(Workspace(home, home))
    (home / "shops.csv").write_text(HEAD + ROWS + "=1+1,2,3,4,5\n")
    (home / "test.csv").write_text(HEAD + TEST)
    source = str(home / "shops.csv")
    store.bring_table(TableRequest(id="shops", name="*Shops*", source=source, target="sold"))
    store.bring_table(
        TableRequest(id="tested", name="Tested", source=source, test_source=str(home / "test.csv"), target="sold")
    )
    return home / "datasets"


@pytest.fixture(autouse=True)
def _tables(made: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Explore shows of a table has tests of its own."""
    for name in ("shops", "tested"):
        shutil.copytree(made / name, workspace.datasets / name)
    monkeypatch.setattr("ui.explore.table.contents.table_view", lambda *_: None)


def kept(workspace: Workspace, name: str = "shops") -> Dataset:
    return DatasetStore(workspace).imported(name)


def choose(app: AppTest, key: str, value: object) -> None:
    next(box for box in app.selectbox if str(box.key).startswith(key)).set_value(value).run()
    assert not app.exception


def test_target_changes_with_one_choice_and_the_task_follows(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", dataset="shops")
    assert app.selectbox(key="explore_task").value == "classification"
    choose(app, "explore_target", "c0")
    assert kept(workspace).target.name == "size" and app.selectbox(key="explore_task").value == "regression"
    choose(app, "explore_task", "classification")
    assert len(kept(workspace).classes) == 60


def test_task_that_cannot_be_is_refused_in_a_sentence(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", dataset="shops")
    choose(app, "explore_task", "regression")
    assert [error.value for error in app.error] == [
        "Only 0 of 60 values of “sold” are numbers. Predict it as a class, or choose another column."
    ]
    assert kept(workspace).classes == ("no", "yes") and app.selectbox(key="explore_task").value == "classification"
    assert not app.run().error


def _column(field: str) -> None:
    from ui.explore.refusals import refusal_view
    from ui.explore.table.choices import column_controls
    from ui.server import server

    refusal_view()
    column_controls(server().datasets.table("shops"), field)


def test_column_gets_another_kind_role_and_missing_words(quiet_server: Workspace) -> None:
    app = AppTest.from_function(_column, args=("c0",), default_timeout=60).run()
    choose(app, "explore_kind_c0", "category")
    choose(app, "explore_role_c0", "ignored")
    app.multiselect(key="explore_missing_c0").set_value(["0.5"]).run()
    column = kept(quiet_server).columns[0]
    assert (column.kind, column.role, column.missing) == ("category", "ignored", ("0.5",))


def test_target_cannot_be_ignored_but_another_column_takes_its_place(quiet_server: Workspace) -> None:
    app = AppTest.from_function(_column, args=("c3",), default_timeout=60).run()
    assert app.selectbox(key="explore_role_c3").disabled
    choose(AppTest.from_function(_column, args=("c1",), default_timeout=60).run(), "explore_role_c1", "target")
    assert kept(quiet_server).target.name == "place" and kept(quiet_server).columns[3].role == "feature"


def test_test_rows_are_chosen_by_time_and_told(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", dataset="shops")
    before = kept(workspace).fingerprint
    assert app.button(key="explore_resplit").disabled
    choose(app, "explore_split_method", "time")
    app.button(key="explore_resplit").click().run()
    split = kept(workspace).split
    assert split and (split.method, split.column) == ("time", "c2") and kept(workspace).fingerprint != before
    assert not app.error and not app.exception


def test_official_test_rows_come_back_after_another_choice(open_app: OpenPage, workspace: Workspace) -> None:
    app, before = open_app("explore", dataset="tested"), kept(workspace, "tested")
    for method in ("random", "file"):
        choose(app, "explore_split_method", method)
        app.button(key="explore_resplit").click().run()
    assert kept(workspace, "tested").fingerprint == before.fingerprint and kept(workspace, "tested").rows.test == 12


def test_points_and_classes_that_only_the_test_file_has_are_told(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", dataset="tested")
    assert kept(workspace, "tested").classes == ("never", "no", "yes")
    assert "no network can learn them: “never”" in app.warning[0].value
    assert "every value of “sold” ended in a point" in app.info[0].value
    assert not open_app("explore", dataset="shops").warning


def test_rows_that_were_left_out_are_listed_without_formulas(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="shops")
    assert app.expander[0].label == "1 of 61 rows left out. Line 62 has 5 fields instead of 4."
    assert app.dataframe[0].value.iloc[0].tolist()[2] == "'=1+1,2,3,4,5"
    assert app.get("download_button")


def test_deleted_table_comes_back_with_undo(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", dataset="shops")
    app.button(key="explore_delete").click().run()
    app.button(key="explore_delete_yes").click().run()
    assert not DatasetStore(workspace).is_here("shops") and "dataset" not in app.query_params
    app.button(key="explore_undo").click().run()
    assert kept(workspace).name == "*Shops*" and app.query_params["dataset"] == "shops"
    assert not app.exception


def test_what_is_built_in_cannot_be_deleted(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="digits")
    assert not [button for button in app.button if button.key == "explore_delete"]
