"""The routes on a real server in a thread, and a reader of its streams."""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from api import Live, Predict, Rows
from bench.served import free_port
from dl.datasets import DatasetStore
from dl.prediction.networks import Networks
from dl.runs import RunStore
from dl.workspace import Workspace


@dataclass
class Served:
    port: int
    live: Live
    loop: asyncio.AbstractEventLoop
    queue: list[str]

    def ask(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.connection = connection  # type: ignore[attr-defined]  # else it is closed when it is forgotten
        return answer

    def json(self, path: str, **headers: str) -> tuple[int, Any]:
        answer = self.ask(path, **headers)
        return answer.status, json.loads(answer.read())

    def stream(self, path: str, **headers: str) -> "Stream":
        return Stream(self.ask(path, **headers))


class Stream:
    """Server-sent events, one after another."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer, self.id = answer, ""

    def next(self) -> dict[str, Any]:
        """Raises StopIteration at the end of the stream."""
        while line := self.answer.readline():
            if line.startswith(b"id: "):
                self.id = line[4:].strip().decode()
            if line.startswith(b"data: "):
                return dict(json.loads(line[6:]))
        raise StopIteration

    def until(self, found: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        events = [self.next()]
        while not found(events[-1]):
            events.append(self.next())
        return events

    def rest(self) -> list[dict[str, Any]]:
        events = []
        try:
            while True:
                events.append(self.next())
        except StopIteration:
            return events

    def close(self) -> None:
        self.answer.connection.close()  # type: ignore[attr-defined]
        self.answer.close()


@pytest.fixture
def served(workspace: Workspace) -> Iterator[Served]:
    def allowed(origin: str | None, host: str | None) -> bool:
        return origin in (None, f"http://{host}")

    live, rows, predict, queue = Live(allowed), Rows(allowed), Predict(allowed), list[str]()
    app = Starlette(routes=[*live.routes("/base"), *rows.routes("/base"), *predict.routes("/base")])
    server = uvicorn.Server(uvicorn.Config(app, port=(port := free_port()), log_level="error"))
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        live.open(RunStore(workspace.runs), lambda: list(queue))
        rows.open(DatasetStore(workspace), RunStore(workspace.runs))
        predict.open(DatasetStore(workspace), RunStore(workspace.runs), Networks(workspace))
        loops.append(asyncio.get_running_loop())
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.01)
    yield Served(port, live, loops[0], queue)
    live.close()
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive(), "a stream keeps the server from ending"
