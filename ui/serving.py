"""The server around the pages: what begins and ends with it, who may listen to it, and what nobody foresaw."""

import gc
import importlib
import pkgutil
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import plotly
import plotly.graph_objects as go
import streamlit as st
from anyio import to_thread
from starlette.responses import FileResponse
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

import ui
from dl.datasets import DatasetStore
from dl.prediction.networks import Networks
from dl.runs import RunStore
from ui.server import server
from ui.text import t

MAIN = str(Path(__file__).with_name("main.py"))
is_origin_allowed = _is_origin_allowed  # the streams shall refuse whom Streamlit's own websocket refuses


class Streams(Protocol):
    def open(self, runs: RunStore, waiting: Callable[[], list[str]]) -> None: ...
    def close(self) -> None: ...


class Files(Protocol):
    def open(self, datasets: DatasetStore, runs: RunStore) -> None: ...


class Answers(Protocol):
    def open(self, datasets: DatasetStore, runs: RunStore, networks: Networks) -> None: ...


def lifespan(streams: Streams, files: Files, answers: Answers) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The supervisor and its warm worker start with the server, before the first visitor, and end in order with it."""

    @asynccontextmanager
    async def served(app: Any) -> AsyncIterator[None]:
        shared = await to_thread.run_sync(server)
        streams.open(shared.runs, shared.waiting)
        files.open(shared.datasets, shared.runs)
        answers.open(shared.datasets, shared.runs, shared.networks)
        shared.pushes.set()
        await to_thread.run_sync(_import_pages)
        gc.collect()
        gc.freeze()  # what is imported by now stays: no collection need look through it again
        try:
            with _ended_at_a_signal(streams):
                yield
        finally:
            await to_thread.run_sync(shared.close)

    return served


def _import_pages() -> None:
    """What pages are made of, so that the first visitor does not wait for it."""
    for module in pkgutil.walk_packages(ui.__path__, "ui."):
        importlib.import_module(module.name)
    go.Figure(go.Scatter()).to_json()  # Plotly imports its parts when they are first used


@contextmanager
def _ended_at_a_signal(streams: Streams) -> Iterator[None]:
    """The web server waits for open streams before it lets the lifespan end, so they have to hear of it themselves."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def leave(number: int, frame: FrameType | None) -> None:
        streams.close()
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def plotly_script(base: str) -> Route:
    """Plotly's script from its package, for the charts where Streamlit's own copy is not found."""
    file = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return Route(f"{base}/api/plotly.js", lambda request: FileResponse(file, media_type="text/javascript"))


def say_unexpected(error: Exception) -> bool:
    """One sentence in place of a traceback, which Streamlit has written into the log by now."""
    st.error(t("problem.unexpected", type=type(error).__name__, text=""), icon=":material/error:")
    return True
