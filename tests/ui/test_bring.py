"""Bringing a table: a file is given, looked at, changed and imported, and what is wrong with it is one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets import DatasetStore
from dl.datasets.tables.arrivals import begin, change_arrival, read_arrival
from dl.datasets.tables.request import TableRequest
from dl.errors import LivefitError
from dl.files import write_model
from dl.jobs.imports import ImportJobs, ImportStatus, request_path, write_status
from dl.workspace import Workspace
from ui.text import catalogue

OpenPage = Callable[..., AppTest]
ROWS = "size;*place*;sold\n" + "".join(f"{n},5;p{n % 3};{'yes' if n % 2 else 'no'}\n" for n in range(40)) + "1;2;3;4\n"
WORDS = catalogue("en")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "shops.csv").write_text(ROWS)
    return tmp_path / "shops.csv"


@pytest.fixture(autouse=True)
def _without_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Explore shows of a table has tests of its own."""
    monkeypatch.setattr("ui.explore.table.contents.table_view", lambda *_: None)


@pytest.fixture
def imported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The import of a child process, done in this one."""

    def start_table(jobs: Any, request: TableRequest) -> None:
        path = request_path(jobs._workspace, request.id)
        path.parent.mkdir(exist_ok=True)
        write_model(path, request)
        try:
            DatasetStore(jobs._workspace).bring_table(request)
            write_status(jobs._workspace, ImportStatus(dataset=request.id, state="done"))
        except LivefitError as error:
            failed = {"state": "failed", "code": error.code, "facts": error.facts}
            write_status(jobs._workspace, ImportStatus.model_validate({"dataset": request.id, **failed}))

    monkeypatch.setattr(ImportJobs, "start_table", start_table)


def arrived(workspace: Workspace, file: Path | str) -> str:
    return begin(workspace, str(file)).arrival


def asked(app: AppTest, workspace: Workspace) -> TableRequest:
    request = read_arrival(workspace, str(app.query_params["bring"]))
    assert request
    return request


def preview_of(app: AppTest) -> Any:
    return app.dataframe[0].value


def test_uploaded_file_is_kept_and_shown(open_app: OpenPage, workspace: Workspace) -> None:
    app = open_app("explore", bring="new")
    assert app.file_uploader[0].label == "A file from your computer, up to 200 MB"
    app.file_uploader[0].upload("../sh*ps.csv", ROWS.encode()).run()
    request = asked(app, workspace)
    assert Path(request.source).read_text() == ROWS and Path(request.source).name == "sh_ps.csv"
    assert Path(request.source).is_relative_to(workspace.arrivals / request.arrival)
    assert preview_of(app).iloc[0].tolist() == ["0,5", "p0", "no"]
    assert not app.exception and not app.error


def test_place_is_asked_for_only_where_whoever_runs_the_server_allows_it(
    open_app: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not known here to listen to its own machine alone."""
    app = open_app("explore", bring="new")
    assert not app.text_input and catalogue("en")["bring.no_places"] in [caption.value for caption in app.caption]
    monkeypatch.setenv("LIVEFIT_PLACES", "1")
    assert [field.key for field in open_app("explore", bring="new").text_input] == ["bring_place"]


def test_place_of_a_file_is_taken_and_what_is_likely_suggested(
    open_app: OpenPage, workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEFIT_PLACES", "1")
    app = open_app("explore", bring="new")
    app.text_input(key="bring_place").set_value(str(file))
    app.button(key="bring_place_take").click().run()
    assert asked(app, workspace).source == str(file)
    assert app.selectbox(key="bring_target").value == "sold" and app.text_input(key="bring_name").value == "shops"
    found = {part: app.selectbox(key=f"bring_{part}").value for part in ("delimiter", "decimal", "header", "encoding")}
    assert found == {"delimiter": ";", "decimal": ",", "header": True, "encoding": "utf-8"}
    assert app.warning[0].value == "Line 42 has 4 fields instead of 3."


def test_preview_follows_what_is_changed_and_the_address_leads_back_to_it(
    open_app: OpenPage, workspace: Workspace, file: Path
) -> None:
    app = open_app("explore", bring=arrived(workspace, file))
    app.selectbox(key="bring_header").set_value(False).run()
    assert preview_of(app).iloc[0].tolist() == ["size", "*place*", "sold"]
    app.selectbox(key="bring_target").set_value("column 2").run()
    again = open_app("explore", bring=str(app.query_params["bring"]))
    assert preview_of(again).iloc[0].tolist() == ["size", "*place*", "sold"]
    assert again.selectbox(key="bring_target").value == "column 2"


def test_file_that_cannot_be_read_otherwise_is_read_as_it_was_found(
    open_app: OpenPage, workspace: Workspace, file: Path
) -> None:
    app = open_app("explore", bring=arrived(workspace, file))
    app.number_input(key="bring_skip").set_value(900).run()
    assert len(app.error) == 1 and app.button(key="bring_import").disabled
    app.button(key="bring_as_found").click().run()
    assert not app.error and not app.button(key="bring_import").disabled


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "“some.csv” is not there, or cannot be opened."),
        (b"", "“some.csv” is empty."),
        (b"a,b\n1,2\n", "“some.csv” has 1 rows; at least 10 are needed"),
        (bytes(range(256)) * 20, "“some.csv” is not a table"),
        (b"PAR1 cut in half", "“some.csv” is damaged"),
    ],
)
def test_bad_file_gives_one_sentence(
    content: bytes | None, said: str, open_app: OpenPage, workspace: Workspace, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "some.csv").write_bytes(content)
    app = open_app("explore", bring=arrived(workspace, tmp_path / "some.csv"))
    assert len(app.error) == 1 and said in app.error[0].value
    assert not app.exception and app.button(key="bring_import").disabled
    app.button(key="bring_other").click().run()
    assert app.file_uploader and not app.error


def test_imported_table_is_looked_at_with_the_target_that_was_chosen(
    open_app: OpenPage, workspace: Workspace, file: Path, imported_at_once: None
) -> None:
    app = open_app("explore", bring=arrived(workspace, file))
    app.selectbox(key="bring_target").set_value("*place*").run()
    app.text_input(key="bring_name").set_value("My shops").run()
    app.button(key="bring_import").click().run()
    assert app.query_params["dataset"] == "my_shops" and "bring" not in app.query_params
    assert app.selectbox(key="explore_target").value == "c1" and not app.button(key="explore_use").disabled
    known = DatasetStore(workspace).imported("my_shops")
    assert (known.name, known.target.name, known.rows.total, known.left_out) == ("My shops", "*place*", 40, 1)
    assert list(workspace.arrivals.glob("*/*")) == []


def test_refused_import_says_why_and_keeps_what_was_asked(
    open_app: OpenPage, workspace: Workspace, tmp_path: Path, imported_at_once: None
) -> None:
    (tmp_path / "gaps.csv").write_text("a,b,c\n" + "1,2,\n" * 20)
    app = open_app("explore", bring=arrived(workspace, tmp_path / "gaps.csv"))
    app.selectbox(key="bring_target").set_value("c").run()
    app.button(key="bring_import").click().run()
    said = "Every value of “c” is missing, so there is nothing to predict. Choose another column."
    assert [error.value for error in app.error] == [said]
    assert not app.button(key="bring_import").disabled and not DatasetStore(workspace).is_here("gaps")
    app.selectbox(key="bring_target").set_value("a").run()
    assert not app.error


def test_official_test_file_is_kept_and_can_be_done_without(
    open_app: OpenPage, workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEFIT_PLACES", "1")
    app = open_app("explore", bring=arrived(workspace, file))
    app.text_input(key="bring_test_place").set_value(str(file))
    app.button(key="bring_test_place_take").click().run()
    assert asked(app, workspace).test_source == str(file)
    app.button(key="bring_test_remove").click().run()
    assert asked(app, workspace).test_source == ""


def test_address_is_fetched_before_it_is_looked_at(
    open_app: OpenPage, workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    def start_fetch(jobs: Any, arrival: str) -> None:
        started.append(arrival)
        write_status(jobs._workspace, ImportStatus(dataset=arrival, state="running", done=2_000_000))

    monkeypatch.setattr(ImportJobs, "start_fetch", start_fetch)
    arrival = arrived(workspace, "https://example.org/data/shops.csv?version=2")
    app = open_app("explore", bring=arrival)
    assert started == [arrival] and app.button(key="bring_cancel")
    assert "Downloading: 2 MB so far" in [bar.proto.text for bar in app.get("progress")]
    request = asked(app, workspace)
    change_arrival(workspace, request, fetched=str(file))
    write_status(workspace, ImportStatus(dataset=arrival, state="done"))
    assert app.run().text_input(key="bring_name").value == "shops" and len(preview_of(app)) == 40


@pytest.mark.parametrize("address", ["../../etc", "new-000000000000"])
def test_address_of_nothing_offers_to_give_it_again(address: str, open_app: OpenPage) -> None:
    app = open_app("explore", bring=address)
    assert [warning.value for warning in app.warning] == [WORDS["bring.gone"]]
    assert app.file_uploader and not app.exception


def test_way_to_the_screen_and_back(open_app: OpenPage) -> None:
    app = open_app("explore", dataset="digits")
    app.button(key="explore_bring").click().run()
    assert app.query_params["bring"] == "new" and app.file_uploader
    app.button(key="bring_leave").click().run()
    assert "bring" not in app.query_params and app.selectbox(key="explore_dataset").value == "digits"


def test_home_leads_to_the_screen(open_app: OpenPage) -> None:
    app = open_app("home")
    app.button(key="home_bring").click().run()
    assert app.query_params["bring"] == "new" and not app.exception
