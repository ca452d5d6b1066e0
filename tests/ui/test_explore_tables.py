"""Explore on a table: what is in it, findings that act and can be undone, columns, pairs, and its rows."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets.columns import Category, Date, Identifier, Number, Text
from dl.datasets.description import Dataset
from dl.datasets.opening import read_description
from dl.datasets.tables.splits import Split
from dl.datasets.tables.table import Table
from dl.files import write_model
from dl.jobs.profiling import ProfilingJobs, ProfilingStatus, write_status
from dl.profiles.actions import acted
from dl.profiles.finding import Action
from dl.profiles.kept import kept_profile, kept_profiles, path_of
from dl.workspace import Workspace
from ui.explore.table.figures import value

ROWS = 400
PLACE = np.arange(ROWS)
RANDOM = np.random.default_rng(5)
SIZE = np.where(PLACE % 50 == 0, np.nan, RANDOM.normal(50, 10, ROWS).round(2))
ANSWER = np.where(PLACE < 300, "no", "yes")  # and the last rows are the test set
STORED = {
    "c0": SIZE,
    "c1": RANDOM.choice(["*red*", "green", "=1+1"], ROWS),
    "c2": pa.array(PLACE * 86_400_000_000, pa.timestamp("us")),
    "c3": [f"word {'long ' * (place % 7)}" for place in PLACE],
    "c4": [f"u{place:04d}" for place in PLACE],
    "c5": ANSWER,
}
COLUMNS = (
    Number(name="size [m]", field="c0"),
    Category(name="colour", field="c1"),
    Date(name="day", field="c2", zone="UTC"),
    Text(name="said", field="c3", role="ignored"),
    Identifier(name="who", field="c4", role="ignored"),
    Category(name="answer", field="c5", role="target", levels=("no", "yes")),
)
OpenTable = Callable[..., AppTest]


@pytest.fixture(scope="module")
def profiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table and its exact profile in it."""
    folder = tmp_path_factory.mktemp("tables") / "made"
    folder.mkdir()
    pq.write_table(pa.table(STORED), folder / "rows.parquet")
    np.save(folder / "test_rows.npy", PLACE[320:])
    split, facts = Split(method="time", column="c2"), {"id": "made", "name": "made", "source": "", "licence": ""}
    made = Dataset(columns=COLUMNS, rows={"train": 320, "test": 80}, split=split, fingerprint="f", **facts)  # type: ignore[arg-type]
    (folder / "dataset.json").write_text(made.model_dump_json())
    list(kept_profiles(Table(folder, made)))
    return folder


@pytest.fixture
def table(workspace: Workspace, profiled: Path) -> Table:
    folder = workspace.datasets / "made"
    shutil.copytree(profiled, folder)
    return Table(folder, read_description(folder))


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> list[Table]:
    """The tables that a profile was asked of; none is made in a process of its own here."""
    asked: list[Table] = []
    monkeypatch.setattr(ProfilingJobs, "start", lambda self, table: asked.append(table))
    return asked


@pytest.fixture
def open_table(quiet_server: Workspace, table: Table, wanted: list[Table]) -> OpenTable:
    def script() -> None:
        from ui.explore.table.contents import table_view

        table_view("made")

    def open_it(locale: str = "en-US", **query: str | list[str]) -> AppTest:
        app = AppTest.from_function(script, default_timeout=60)
        app.context = {"locale": locale}
        for name, each in query.items():
            app.query_params[name] = each
        return app.run()

    return open_it


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def button(app: AppTest, label: str) -> Any:
    return next(each for each in app.button if each.label == label)


def profile_anew(table: Table) -> Table:
    """As the job does it."""
    changed = Table(table.folder, read_description(table.folder))
    list(kept_profiles(changed))
    return changed


def test_first_line_is_one_that_a_person_would_write(open_table: OpenTable, wanted: list[Table]) -> None:
    app = open_table()
    assert "400 rows, 3 columns. “answer” is “yes” in 25.0 % of them. One column has gaps." in words(app)
    assert "Exact: counted over all 400 rows." in words(app) and wanted == []


@pytest.mark.parametrize("view", ["columns", "pair", "correlations", "rows", "nonsense"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_view_opens(view: str, locale: str, open_table: OpenTable) -> None:
    app = open_table(locale, view=view)
    assert not app.exception and not app.error
    assert app.segmented_control(key="explore_view").value == ("columns" if view == "nonsense" else view)


def test_columns_are_listed_by_what_they_tell_of_the_target(open_table: OpenTable) -> None:
    frame = open_table().dataframe[0].value
    assert frame["name"].tolist()[:2] == ["answer", "day"]
    assert frame["kind"].tolist()[-2:] == ["ignored", "ignored"]
    size = frame.set_index("name").loc["size [m]"]
    assert size["missing"] == pytest.approx(2) and size["distinct"] == len(np.unique(SIZE[~np.isnan(SIZE)]))
    assert sum(size["distribution"]) == np.count_nonzero(~np.isnan(SIZE))


@pytest.mark.parametrize("field", [f"c{place}" for place in range(6)])
def test_column_of_the_url_is_opened_whatever_it_holds(field: str, open_table: OpenTable) -> None:
    app = open_table(column=field, bars="share")
    assert not app.exception and app.selectbox(key="explore_column").value == field
    assert len(app.get("plotly_chart")) == (0 if field == "c4" else 1)


def test_choosing_a_column_goes_into_the_url(open_table: OpenTable) -> None:
    app = open_table(column="c99")
    assert app.selectbox(key="explore_column").value == "c2" and "in UTC" in words(app)
    app.selectbox(key="explore_column").set_value("c0").run()
    assert app.query_params["column"] == "c0" and "Median" in words(app) and "in UTC" not in words(app)


def test_finding_is_acted_upon_and_can_be_undone(open_table: OpenTable, table: Table, wanted: list[Table]) -> None:
    app = open_table()
    button(app, "Ignore this column").click().run()
    changed = Table(table.folder, read_description(table.folder))
    (ignored,) = [one for one, other in zip(changed.description.columns, COLUMNS, strict=True) if one != other]
    assert ignored.role == "ignored" and f"“{ignored.name}” is ignored from now on." in words(app)
    assert wanted == [changed] and "400 rows, 2 columns" in words(app), "what was known stays in sight meanwhile"
    app.button(key="explore_undo").click().run()
    assert read_description(table.folder) == table.description and "from now on" not in words(app)
    assert not app.exception


def test_split_is_stratified_by_the_button_that_says_so(open_table: OpenTable, table: Table) -> None:
    button(open_table(), "Stratify the split").click().run()
    changed = profile_anew(table)
    assert changed.description.split and changed.description.split.method == "stratified"
    assert np.count_nonzero(ANSWER[changed.test_rows] == "yes") == 20
    app = open_table()
    assert "Stratify the split" not in [each.label for each in app.button]


def test_what_cannot_be_done_is_said_and_loses_nothing_that_another_page_changed(
    open_table: OpenTable, table: Table
) -> None:
    app = open_table()
    less = acted(acted(table, Action("ignore", "c0")), Action("ignore", "c1")).description
    button(app, "Ignore this column").click().run()
    assert "Nothing is left to predict “answer” from." in words(app) and not app.exception
    assert read_description(table.folder) == less


def test_estimates_say_of_how_many_rows_they_are(open_table: OpenTable, table: Table, wanted: list[Table]) -> None:
    exact = kept_profile(table)
    assert exact
    missing = exact.columns[0].missing.model_copy(update={"low": 0.01, "high": 0.034})
    columns = (exact.columns[0].model_copy(update={"missing": missing}), *exact.columns[1:])
    write_model(path_of(table), exact.model_copy(update={"read": 40, "columns": columns}))
    app = open_table(column="c0")
    assert "So far from 10 % of 400 rows" in app.get("progress")[0].proto.text and wanted == [table]
    assert "2.0 % (1.0 %–3.4 %)" in words(app) and "Exact" not in words(app)


def test_rows_are_there_before_anything_was_counted(open_table: OpenTable, table: Table, wanted: list[Table]) -> None:
    path_of(table).unlink()
    assert len(open_table(view="rows").dataframe[0].value) == 50
    app = open_table()
    assert "Counting the first of 400 rows" in app.get("progress")[0].proto.text and wanted == [table, table]


def test_failed_profile_is_said_and_can_be_tried_again(
    open_table: OpenTable, table: Table, wanted: list[Table]
) -> None:
    path_of(table).unlink()
    write_status(table.folder, ProfilingStatus(state="failed", code="profile_crashed", facts={"dataset": "made"}))
    app = open_table()
    assert "Looking at the rows of “made” failed." in words(app)
    app.button(key="explore_profile_again").click().run()
    assert wanted == [table, table] and not app.exception


def test_rows_are_filtered_sorted_and_paged(open_table: OpenTable) -> None:
    app = open_table(view="rows", filter=["c5 = no", "c0 ≥ 50"], sort="c0 down", page="2")
    chosen = np.sort(SIZE[(ANSWER == "no") & (SIZE >= 50)])[::-1]
    assert f"**{len(chosen)}** of 400 rows" in words(app)
    assert app.dataframe[0].value["c0"].tolist() == chosen[50:100].tolist()
    app.button(key="explore_filter_1").click().run()
    assert app.query_params["filter"] == "c5 = no" and "**300** of 400 rows" in words(app)
    assert "page" not in app.query_params


def test_filter_is_made_of_what_is_typed(open_table: OpenTable) -> None:
    app = open_table(view="rows")
    app.selectbox(key="explore_filter_column").set_value("c1").run()
    app.selectbox(key="explore_filter_value_c1").set_value("=1+1")
    app.button(key="explore_filter_add").click().run()
    assert app.query_params["filter"] == "c1 = =1+1"
    assert set(app.dataframe[0].value["c1"]) == {"=1+1"}


def test_value_that_cannot_be_compared_gives_a_sentence_and_no_filter(open_table: OpenTable) -> None:
    app = open_table(view="rows")
    app.text_input(key="explore_filter_value_c0").set_value("tall")
    app.button(key="explore_filter_add").click().run()
    assert "holds numbers, and “tall” is none" in words(app) and "filter" not in app.query_params
    assert "All **400** rows" in words(app)
    assert "“tall” is none" in words(open_table(view="rows", filter="c0 = tall"))


@pytest.mark.parametrize("nonsense", ["", "c0", "c99 = 1", "c0 ; DROP", "' = 1"])
def test_nonsense_in_the_url_counts_as_not_there(nonsense: str, open_table: OpenTable) -> None:
    query = {"filter": nonsense, "sort": nonsense, "page": nonsense, "x": nonsense, "y": nonsense}
    app = open_table(view="rows", **query)
    assert not app.exception and "All **400** rows" in words(app)
    assert not open_table(view="pair", **query).exception


def test_two_columns_of_the_url_are_drawn_against_each_other(open_table: OpenTable) -> None:
    app = open_table(view="pair", x="c1", y="c0")
    assert [app.selectbox(key=f"explore_{axis}").value for axis in "xy"] == ["c1", "c0"]
    assert f"Each of the {np.count_nonzero(~np.isnan(SIZE))} points is a row." in words(app)


@pytest.mark.parametrize(("microseconds", "said"), [(0, "1970-01-01"), (1e30, "–"), (float("nan"), "–")])
def test_moments_that_no_calendar_has_are_left_out(table: Table, microseconds: float, said: str) -> None:
    profile = kept_profile(table)
    assert profile and value(profile.column("c2"), microseconds) == said
