"""What a click costs: seconds until the run of the page that it asks for has ended, and the server's processor time."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

from bench.machine import processor_seconds
from bench.served import Server

WATCH = """() => {
    window.ended = 0;
    const app = document.querySelector('[data-testid=stApp]');
    let before = app.dataset.testScriptState;
    new MutationObserver(() => {
        const now = app.dataset.testScriptState;
        if (now === 'notRunning' && before !== now) window.ended += 1;
        before = now;
    }).observe(app, {attributes: true});
}"""


def watch(page: Page) -> None:
    """From now on runs of this page are counted."""
    page.evaluate(WATCH)


def done(page: Page, action: Callable[[Page], None]) -> None:
    """The action, until the run of the page that it asks for has ended."""
    before = page.evaluate("window.ended")
    action(page)
    page.wait_for_function("before => window.ended > before", arg=before, polling=20)


def spent(server: Server, action: Callable[[], None]) -> dict[str, float]:
    clock, processor = time.perf_counter(), processor_seconds(server)[0]
    action()
    return {"s": time.perf_counter() - clock, "cpu_s": processor_seconds(server)[0] - processor}
