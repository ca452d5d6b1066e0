"""Pages through AppTest: a server without worker processes over the test's own home."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest

from dl.jobs.run_jobs import RunJobs
from dl.jobs.supervisor import Supervisor
from dl.workspace import Workspace
from ui.frame import PROJECT

OpenPage = Callable[..., AppTest]
ReadBoard = Callable[[AppTest], dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def _nothing_beside_the_page() -> Iterator[None]:
    """What costs AppTest most of its time: for each page that it opens it reads the metadata of all installed packages,
    and after each run it clears Keras's session, which no page has, but other tests of this process."""
    with pytest.MonkeyPatch.context() as patched:
        once = cache(manifest_scanner.scan_component_manifests)
        patched.setattr(manifest_scanner, "scan_component_manifests", once)
        patched.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield


@pytest.fixture(autouse=True)
def _hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests click at once; what a button does with a click that comes too early has tests of its own."""
    monkeypatch.setattr("ui.shared.start.DEAF_SECONDS", 0.0)


@pytest.fixture
def quiet_server(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Queued runs stay queued, and what is asked of one is not done, for no process is ever started."""
    monkeypatch.setattr(Supervisor, "start", lambda self: self)
    monkeypatch.setattr(RunJobs, "_next", lambda self: None)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield workspace
    st.cache_resource.clear()


@pytest.fixture
def open_app(quiet_server: Workspace) -> OpenPage:
    """Runs one page as a browser of that language asks for it, with these query parameters."""

    def open_page(name: str, locale: str = "en-US", **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "pages" / f"{name}.py"), default_timeout=60)
        app.context = {"locale": locale}
        for key, value in query.items():
            app.query_params[key] = value
        return app.run()

    return open_page


@pytest.fixture
def board() -> ReadBoard:
    """What the Train page hands to the component that shows state, bar and numbers: `first` and `events` of the run."""

    def read(app: AppTest) -> dict[str, Any]:
        components = [element.proto for element in app.get("bidi_component")]
        (found,) = [json.loads(part.json) for part in components if part.component_name == "livefit_live_board"]
        return dict(found)

    return read
