"""What a click costs: seconds until the run of the page that it asks for is drawn, and the server's processor time."""

import time
from collections.abc import Callable

from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.machine import processor_seconds
from bench.served import Server

DRAWN = """() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
    && new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))"""


class Clicks:
    """Made before the page is opened: what the server says to it shows a run that is too quick for the page to."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server, self._ended = page, server, 0
        page.on("websocket", lambda socket: socket.on("framereceived", self._heard))

    def cost(self, action: Callable[[Page], object]) -> dict[str, float]:
        """Of the action, until a run has ended since and is drawn; seconds of the clock and of the server."""
        clock, processor, before = time.perf_counter(), processor_seconds(self.server)[0], self._ended
        action(self.page)
        while self._ended == before:
            self.page.wait_for_timeout(5)
        self.page.wait_for_function(DRAWN)
        return {"s": time.perf_counter() - clock, "cpu_s": processor_seconds(self.server)[0] - processor}

    def _heard(self, payload: str | bytes) -> None:
        message = ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())
        self._ended += message.WhichOneof("type") == "script_finished"
