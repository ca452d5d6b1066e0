"""A server whose very first request names a page, as an application and as a plain script.

Of a plain script beside `pages/` Streamlit then runs that page without `app.py`.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from bench.page_object import Screen
from bench.runs import queue_run
from bench.served import ROOT, Server, served
from dl.runs import Run
from dl.workspace import Workspace
from ui.frame import ICONS

pytestmark = pytest.mark.browser


@pytest.fixture(params=["application", "script"])
def server(request: pytest.FixtureRequest, workspace: Workspace, fake_run: Callable[..., Run]) -> Iterator[Server]:
    """One that nobody has visited, with a finished run."""
    fake_run()
    script = ROOT / "app.py" if request.param == "script" else None
    with served(workspace.home.parent, script=script) as server:
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


def test_run_is_drawn_and_watched_when_the_host_runs_only_scripts(workspace: Workspace, browser: Browser) -> None:
    run, page = queue_run(workspace, "digits", epochs=2000, batch_size=1), browser.new_page(locale="en-GB")
    page.set_default_timeout(90_000)  # the worker is cold too
    with served(workspace.home.parent, script=ROOT / "app.py") as server:
        screen = Screen(page, server.address).open(f"train?run={run.id}")
        step = screen.wait_for_step(100)
        screen.wait_for_point("loss", screen.wait_for_step(step + 100))
        screen.zoom("loss")
        screen.press("train_stop")
        expect(screen.button("train_evaluate")).to_be_visible()
        assert "Traceback" not in server.output()
    page.close()
