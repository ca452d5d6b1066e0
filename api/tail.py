"""One tail a run: it reads the files and encodes the events, once, for all who watch."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from anyio import to_thread

from dl.errors import RunError
from dl.runs.live import Cursor, LiveRun

LOOK_SECONDS = 0.03
SPACING_SECONDS = 0.1  # between two events, as training reports itself
SECONDS_A_VIEWER = 0.0005  # an event costs about a tenth of this for each who gets it
BEAT_SECONDS = 15.0  # silence for longer seems broken to proxies and browsers
ERROR_SECONDS = 1.0
Waiting = Callable[[], list[str]]
Event = tuple[bytes, Cursor, bool]  # as it is sent, where its reader stands then, and whether it is the last one
logger = logging.getLogger(__name__)


class Tail:
    """What is new goes to each viewer from where that one stands: who is slow gets fewer and larger events.

    `waiting` names the runs in the queue. All methods belong to the event loop's thread; the disk is read in others.
    """

    def __init__(self, live: LiveRun, waiting: Waiting) -> None:
        self._live, self._waiting, self._queue = live, waiting, list[str]()
        self.viewers, self._version, self._ended = 0, 0, False
        self._said = time.monotonic()
        self._news, self._busy = asyncio.Event(), asyncio.Lock()
        self._encoded: dict[tuple[Cursor, float], Event] = {}
        self._task = asyncio.create_task(self._follow())

    async def events(self, cursor: Cursor, smoothing: float) -> AsyncIterator[bytes]:
        """Server-sent events until the run is over, the server closes or the viewer leaves."""
        self.viewers += 1
        try:
            yield b"retry: 1000\n\n"
            while True:
                version, news = self._version, self._news
                event, cursor, is_last = await self._event(cursor, smoothing)
                yield event
                if is_last:
                    return
                if version == self._version:
                    await news.wait()
        finally:
            self.viewers -= 1

    async def _event(self, cursor: Cursor, smoothing: float) -> Event:
        """The same bytes for all who stand at the same place."""
        async with self._busy:
            smoothing = smoothing if self._live.begins(cursor) else 0.0
            if (cursor, smoothing) not in self._encoded:
                found = await to_thread.run_sync(self._encode, cursor, smoothing)
                self._encoded[cursor, smoothing] = found
            return self._encoded[cursor, smoothing]

    def _encode(self, cursor: Cursor, smoothing: float) -> Event:
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
            spacing = max(SPACING_SECONDS, SECONDS_A_VIEWER * self.viewers)
            await asyncio.sleep(max(LOOK_SECONDS, self._said + spacing - time.monotonic()))

    async def _look(self) -> bool:
        async with self._busy:
            try:
                changed, queue = await to_thread.run_sync(lambda: (self._live.refresh(), self._waiting()))
            except RunError:  # its folder was removed
                self._ended = True
                return True
            changed, self._queue = changed or queue != self._queue, queue
            status = self._live.status
            self._ended = self._ended or (status.ended and not status.resumable)
        return changed or self._ended or time.monotonic() - self._said > BEAT_SECONDS

    def _tell(self) -> None:
        self._version, self._said = self._version + 1, time.monotonic()
        self._encoded.clear()
        news, self._news = self._news, asyncio.Event()
        news.set()

    def close(self) -> None:
        """All who watch are told the rest and sent away."""
        self._task.cancel()
        self._ended = True
        self._tell()


def encoded(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
