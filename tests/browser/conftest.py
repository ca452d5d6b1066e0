"""A real server a module, a real browser, and watched pages: an error or a call to another host fails the test."""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError, expect

from bench.page_object import Screen
from bench.runs import queue_run
from bench.served import Server, chromium, served
from browser import find
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.workspace import Workspace
from ui.text import Language

SECONDS = 1000
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
OFFLINE = {**dict.fromkeys(PROXIES, "http://127.0.0.1:9"), "LIVEFIT_DOWNLOADS": ""}
# What may be missing: a picture that was replaced before the browser asked for it (those in sight are looked at in the
# end), and Streamlit's own question, at every deep link, whether the server is at home one folder deeper.
MAY_BE_MISSING = re.compile(r"^/media/|/_stcore/(health|host-config)$")
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
Contexts = Callable[..., BrowserContext]
Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
Furnish = Callable[..., Workspace]


@pytest.fixture(scope="session", autouse=True)
def _patient() -> None:
    """A page may be slow on a busy machine; what is wrong stays wrong."""
    expect.set_options(timeout=60 * SECONDS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("LIVEFIT_BROWSER") or find(os.environ)
    if path is None:
        pytest.skip("there is no browser: set LIVEFIT_BROWSER, or run scripts/check.py, which gets one")
    with chromium(path, "--process-per-site") as browser:
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
    tmp_path_factory: pytest.TempPathFactory, furnish: Furnish, variables: dict[str, str], datasets: tuple[str, ...]
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    furnish(folder / "home", *datasets)
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
        context.on("weberror", self._failed)
        context.on("request", self._requested)

    def leave(self, context: BrowserContext) -> None:
        context.remove_listener("console", self._heard)
        context.remove_listener("weberror", self._failed)
        context.remove_listener("request", self._requested)

    def _failed(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    def _heard(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url", ""))
        missing = "404" in message.text and MAY_BE_MISSING.search(urlsplit(url).path)
        if message.type == "error" and not missing and "Image source error" not in message.text:
            self.errors.append(f"{message.text} ({url})")

    def _requested(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != urlsplit(self.address).netloc:
            self.asked.append(request.url)


@pytest.fixture
def watch(server: Server) -> Watch:
    return Watch(server.address)


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[Contexts]:
    """Readers by language and screen: those of a module share what their browser has loaded already.

    They want less motion: where no graphics processor draws, what moves while a page loads takes longer than the page.
    """
    known: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        name = repr(sorted(options.items()))
        if name not in known:
            known[name] = browser.new_context(reduced_motion="reduce", **options)
            known[name].set_default_timeout(60 * SECONDS)
            _stay(known[name].new_page())
        return known[name]

    yield context
    for opened in known.values():
        opened.close()


def _stay(page: Page) -> None:
    """An empty page of the server's host: as long as one is open, what the browser compiled for others is kept."""
    page.route("**/*", lambda route: route.fulfill(body=""))
    page.goto("http://127.0.0.1/")


@pytest.fixture
def visit(contexts: Contexts, server: Server, watch: Watch) -> Iterator[Visit]:
    """Opens a page as a new reader would: `visit("train?run=1", language="zh", width=390)` gives a Screen."""
    used: list[BrowserContext] = []

    def open_page(path: str = "", *, language: Language = "en", width: int = 1280, height: int = 900) -> Screen:
        context = contexts(locale=LOCALES[language], viewport={"width": width, "height": height})
        if context not in used:
            used.append(context)
            watch.follow(context)
        return Screen(context.new_page(), server.address, language).open(path)

    yield open_page
    for context in used:
        watch.leave(context)
        for page in context.pages[1:]:
            _is_whole(page)
            page.close()
    assert (watch.errors, watch.asked) == ([], [])


def _is_whole(page: Page) -> None:
    """What must not be on any page at the end of any test: a traceback, an exception, a broken picture."""
    expect(page.locator(".stException")).to_have_count(0)
    assert "Traceback" not in page.inner_text("body")
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@pytest.fixture
def train(server: Server) -> Iterator[TrainRun]:
    """Queues a run as any program with the library would; whatever still trains at the end is stopped."""
    workspace = Workspace(server.home, server.home / "downloads")

    def queue(dataset: str = "digits", **training: Any) -> Run:
        return queue_run(workspace, dataset, **training)

    yield queue
    supervisor = Supervisor(workspace)
    for run in supervisor.store.list():
        supervisor.stop(run)
    end = time.monotonic() + 30
    while open_runs := [run.id for run in supervisor.store.list() if not run.status().ended]:
        assert time.monotonic() < end, f"these runs do not end: {open_runs}"
        time.sleep(0.05)
