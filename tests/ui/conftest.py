"""Pages through AppTest: a server without worker processes over the test's own home."""

from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dl.runs.supervisor import Supervisor
from dl.workspace import Workspace
from ui.frame import PROJECT

OpenPage = Callable[..., AppTest]


@pytest.fixture
def quiet_server(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Queued runs stay queued, for no worker is ever started."""
    monkeypatch.setattr(Supervisor, "start", lambda self: self)
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
