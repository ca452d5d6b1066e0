"""A server whose very first request names a page: Streamlit then runs that page without `app.py`."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from bench.screen import Screen
from bench.served import Server, served
from dl.runs import Run
from dl.workspace import Workspace
from ui.frame import ICONS

pytestmark = pytest.mark.browser


@pytest.fixture
def server(workspace: Workspace, fake_run: Callable[..., Run]) -> Iterator[Server]:
    """One that nobody has visited, with a finished run."""
    fake_run()
    with served(workspace.home.parent) as server:
        assert server.home == workspace.home
        yield server
        assert "Traceback" not in server.output()


@pytest.mark.parametrize("path", ["train?run=1", "configure", "evaluate?run=1"])
def test_page_is_routed_when_it_is_the_first_that_a_server_is_asked_for(
    path: str, visit: Callable[..., Screen]
) -> None:
    screen = visit(path)
    name = path.partition("?")[0]
    expect(screen.title(name)).to_be_visible()
    expect(screen.link(name)).to_have_attribute("aria-current", "page")
    for other in ICONS:
        expect(screen.link(other)).to_be_visible()
    assert screen.page.url.startswith(f"{screen.address}/{path}")
    screen.go_to("home")
    expect(screen.button("home_train")).to_be_visible()
