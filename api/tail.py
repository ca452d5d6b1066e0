"""One tail a run: it reads the files and encodes the events, once, for all who watch."""

import asyncio
import json
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from anyio import to_thread

from dl.errors import RunError
from dl.runs.live import Cursor, LiveRun

LOOK_SECONDS = 0.03
SPACING_SECONDS = 0.1  # between two events, as training reports itself,
CROWD_SECONDS = 0.02  # and longer, by the root of their number, when many watch: 0.2 s for a hundred of them
BEAT_SECONDS = 15.0  # silence for longer seems broken to proxies and browsers
QUEUE_SECONDS = 0.5
ERROR_SECONDS = 1.0
ALONE_SECONDS = 10.0  # a viewer may be lost before the first event
Waiting = Callable[[], list[str]]
Event = tuple[bytes, Cursor, bool]  # as it is sent, where its reader stands then, and whether it is the last one
GONE = b'data: {"gone":true,"over":true}\n\n'  # its folder was removed, or is damaged
logger = logging.getLogger(__name__)


class Tail:
    """What is new goes to each viewer from where that one stands: who is slow gets fewer and larger events.

    `waiting` names the runs in the queue; `left` is told when nobody has come, or stayed, for a while. All methods
    belong to the event loop's thread.
    """

    def __init__(self, live: LiveRun, waiting: Waiting, left: "Callable[[Tail], None]") -> None:
        self._live, self._waiting, self._left, self._queue = live, waiting, left, list[str]()
        self.viewers = 0
        self._ended = self._is_gone = self._is_closed = False
        self._said, self._watched, self._asked = time.monotonic(), time.monotonic(), 0.0
        self._news, self._busy = asyncio.Event(), asyncio.Lock()
        self._encoded: dict[tuple[Cursor, float], Event] = {}
        self._task = asyncio.create_task(self._follow())

    async def events(self, cursor: Cursor, smoothing: float) -> AsyncIterator[bytes]:
        """Server-sent events until the run is over or the server closes, which a viewer may take for a lost line."""
        yield b"retry: 1000\n\n"
        while not self._is_closed:
            news = self._news
            event, cursor, is_last = await self._event(cursor, smoothing)
            yield event
            if is_last:
                return
            await news.wait()  # nothing to wait for if there has been more meanwhile

    async def _event(self, cursor: Cursor, smoothing: float) -> Event:
        """The same bytes for all who stand at the same place."""
        async with self._busy:
            begins = self._live.begins(cursor)
            key = cursor, smoothing if begins else 0.0
            if key not in self._encoded:
                try:
                    self._encoded[key] = await to_thread.run_sync(self._encode, *key) if begins else self._encode(*key)
                except RunError:
                    return GONE, cursor, True
            return self._encoded[key]

    def _encode(self, cursor: Cursor, smoothing: float) -> Event:
        if self._is_gone:
            return GONE, cursor, True
        news = self._live.news(cursor, smoothing) | {"queue": self._queue, "over": self._ended}
        text = b"id: %s\ndata: %s\n\n" % (news["cursor"].encode(), encoded(news))
        return text, self._live.cursor, news["over"]

    async def _follow(self) -> None:
        while not self._ended:
            try:
                if await self._look():
                    self._tell()
            except Exception:
                logger.exception("run %s is watched on after an unexpected error", self._live.run.id)
                await asyncio.sleep(ERROR_SECONDS)
            if not self.viewers and time.monotonic() - self._watched > ALONE_SECONDS:
                self._left(self)
            elif self.viewers:
                self._watched = time.monotonic()
            spacing = max(SPACING_SECONDS, CROWD_SECONDS * math.sqrt(self.viewers))
            await asyncio.sleep(max(LOOK_SECONDS, self._said + spacing - time.monotonic()))

    async def _look(self) -> bool:
        """Here and not in a thread, which would wait for the interpreter's lock after each of many small reads."""
        queue = await self._asked_queue()
        async with self._busy:
            try:
                changed, status = self._live.refresh(), self._live.status
            except RunError:
                self._encoded.clear()
                self._ended = self._is_gone = True
                return True
            changed, self._queue = changed or queue != self._queue, queue
            self._ended = status.ended and not status.resumable
        return changed or self._ended or time.monotonic() - self._said > BEAT_SECONDS

    async def _asked_queue(self) -> list[str]:
        """In a thread, since whoever changes the queue may hold it for a while."""
        now = time.monotonic()
        if now - self._asked < QUEUE_SECONDS:
            return self._queue
        self._asked = now
        return await to_thread.run_sync(self._waiting)

    def _tell(self) -> None:
        self._said = time.monotonic()
        self._encoded.clear()
        news, self._news = self._news, asyncio.Event()
        news.set()

    def close(self) -> None:
        """All who watch are sent away."""
        self._task.cancel()
        self._is_closed = True
        self._tell()


def encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
