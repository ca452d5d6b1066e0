"""What a click costs: seconds until the run of the page that it asks for is drawn, and the server's processor time."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.machine import processor_seconds
from bench.served import Server, chromium, served

Action = Callable[[Page], object]
STANDS = "[data-testid=stApp][data-test-script-state=notRunning]"
DRAWN = """() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
    && new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))"""


class Clicks:
    """Made before the page is opened: what the server says to it shows a run that is too quick for the page to."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server, self._ended = page, server, 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._heard))

    def cost(self, action: Action) -> dict[str, float]:
        """Of the action, until a run has ended since and is drawn; seconds of the clock and of the server."""
        clock, processor, before = time.perf_counter(), processor_seconds(self.server)[0], self._ended
        action(self.page)
        while self._ended == before:
            self.page.wait_for_timeout(5)
        self.page.wait_for_function(DRAWN)
        return {"s": time.perf_counter() - clock, "cpu_s": processor_seconds(self.server)[0] - processor}

    def open(self, path: str, *until: str) -> None:
        """Until these selectors are there and the page stands still."""
        self.page.goto(f"{self.server.address}/{path}")
        for selector in (*until, STANDS):
            self.page.wait_for_selector(selector)

    def twice(self, opening: Callable[[], None], actions: Mapping[str, Action], name: str = "") -> dict[str, float]:
        """What it costs to open and each action, on a new server (first) and once more (again)."""
        found: dict[str, float] = {}
        for time_of in ("first", "again"):
            for what, action in {"open": lambda page: opening(), **actions}.items():
                cost = self.cost(action)
                found |= {f"{name} {what} {time_of} {clock}".strip(): value for clock, value in cost.items()}
        return found

    @property
    def server_megabytes(self) -> float:
        return float(self.server.process.memory_info().rss / 1e6)

    def _heard(self, payload: str | bytes) -> None:
        message = ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())
        self._ended += message.WhichOneof("type") == "script_finished"


@contextmanager
def clicking(folder: Path) -> Iterator[Clicks]:
    """A server over the home in this folder, and a browser at its first page."""
    with served(folder) as server, chromium(os.environ.get("LIVEFIT_BROWSER")) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
        page.set_default_timeout(120_000)
        clicks = Clicks(page, server)
        clicks.open("")
        yield clicks


def tell(found: Mapping[str, float], aims: Mapping[str, float] = {}) -> None:
    """A line each, with the aim whose name is one of its words; at last all in one line of JSON."""
    for name, value in found.items():
        aim = next((f"   aim {aim:g}" for word, aim in aims.items() if word in name.split()), "")
        print(f"{name:<36} {value:8.2f}{aim if not name.endswith('cpu_s') else ''}")
    print(json.dumps({name: round(value, 3) for name, value in found.items()}))
