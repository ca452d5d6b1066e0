"""A real server a module, a real browser, and watched pages: an error or a call to another host fails the test."""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from bench.screen import Screen
from bench.served import Server, chromium, served
from browser import find
from dl.datasets import describe, import_dataset
from dl.presets import default_spec
from dl.runs import Run, RunStore
from dl.runs.supervisor import Supervisor
from dl.specs import RunSpec
from dl.workspace import Workspace
from ui.text import Language

SECONDS = 1000
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
OFFLINE = {**dict.fromkeys(PROXIES, "http://127.0.0.1:9"), "LIVEFIT_DOWNLOADS": ""}
# What may be missing: a picture that was replaced before the browser asked for it (those in sight are looked at in the
# end), and Streamlit's own question, at every deep link, whether the server is at home one folder deeper.
HARMLESS = re.compile(r"^/media/|/_stcore/(health|host-config)$")
Visit = Callable[..., Page]
TrainRun = Callable[..., Run]


@pytest.fixture(scope="session", autouse=True)
def _patient() -> None:
    """A page may be slow on a busy machine; what is wrong stays wrong."""
    expect.set_options(timeout=30 * SECONDS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("LIVEFIT_BROWSER") or find(os.environ)
    if path is None:
        pytest.skip("there is no browser: set LIVEFIT_BROWSER, or run scripts/check.py, which gets one")
    with chromium(path) as browser:
        yield browser


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    """Environment variables of the module's server; a module may override it. There is no network unless it says so."""
    return OFFLINE


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    """What is in the server's home from the start; a module may override it."""
    return ("digits", "mnist_sample")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str], datasets: tuple[str, ...]
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    for dataset in datasets:
        import_dataset(Workspace(folder / "home", folder / "home" / "downloads"), dataset)
    with served(folder, environment=variables) as server:
        yield server
        assert "Traceback" not in server.output()


@dataclass
class Watch:
    """What went wrong in the pages of a test: errors in the console, and other hosts that were asked for something."""

    address: str
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._requested)

    def _heard(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url", ""))
        if message.type == "error" and not ("404" in message.text and HARMLESS.search(urlsplit(url).path)):
            self.errors.append(f"{message.text} ({url})")

    def _requested(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != urlsplit(self.address).netloc:
            self.asked.append(request.url)


@pytest.fixture
def watch(server: Server) -> Watch:
    return Watch(server.address)


@pytest.fixture
def visit(browser: Browser, server: Server, watch: Watch) -> Iterator[Visit]:
    """Opens a page as a new reader would: `visit("train?run=1", language="zh", width=390)` gives a Screen."""
    contexts: list[BrowserContext] = []

    def open_page(path: str = "", *, language: Language = "en", width: int = 1280, **options: Any) -> Screen:
        locale = {"en": "en-GB", "zh": "zh-CN"}[language]
        context = browser.new_context(locale=locale, viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(60 * SECONDS)
        contexts.append(context)
        watch.follow(context)
        return Screen(context.new_page(), server.address, language).open(path)

    yield open_page
    for context in contexts:
        for page in context.pages:
            expect(page.locator(".stException")).to_have_count(0)
            assert "Traceback" not in page.inner_text("body")
            page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        context.close()
    assert (watch.errors, watch.asked) == ([], [])


@pytest.fixture
def train(server: Server) -> Iterator[TrainRun]:
    """Queues a run as any program with the library would; whatever still trains at the end is stopped."""
    workspace = Workspace(server.home, server.home / "downloads")

    def queue(dataset: str = "digits", **training: Any) -> Run:
        description = describe(workspace, dataset)
        spec = default_spec(description).model_dump()
        wanted = RunSpec.model_validate(spec | {"training": spec["training"] | training})
        return RunStore(workspace.runs).create(wanted, description)

    yield queue
    supervisor = Supervisor(workspace)
    for run in supervisor.store.list():
        supervisor.stop(run)
    end = time.monotonic() + 30
    while open_runs := [run.id for run in supervisor.store.list() if not run.status().ended]:
        assert time.monotonic() < end, f"these runs do not end: {open_runs}"
        time.sleep(0.05)
