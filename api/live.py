"""The routes of runs: `live` pushes what is new in one, `curve` gives a range of its steps in detail, and `curves.csv`
every number of the curves of some."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Sequence
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from api.guard import Allowed, BadRequest, Closed, guarded, refusal
from api.tail import Tail, Waiting, encoded
from dl.runs import RunStore
from dl.runs.curve_table import curve_tables
from dl.runs.live import Cursor, LiveRun
from dl.runs.log import COLUMNS

MOST_VIEWERS = 2000
MOST_COLUMNS = 4000
MOST_RUNS = 100
MOST_SMOOTHING = 0.999
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second is for nginx


class Live:
    """All tails of a server. `allowed` says whether a page of that origin may ask this host."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._tails: dict[str, Tail] = {}
        self._runs: RunStore | None = None
        self._waiting: Waiting = list
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self, runs: RunStore, waiting: Waiting) -> None:
        """From now on runs are found; to be called in the event loop that serves them."""
        self._runs, self._waiting = runs, waiting
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Ends every stream, from any thread and from a signal's handler: a server waits for them before it closes."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)

    def _close(self) -> None:
        self._runs = None
        for tail in self._tails.values():
            tail.close()
        self._tails.clear()

    def routes(self, base: str = "") -> list[Route]:
        """Under the path, such as `/livefit`, that the pages are served under."""
        endpoints = {"runs/{id}/live": self._live, "runs/{id}/curve": self._curve, "curves.csv": self._table}
        return [Route(f"{base}/api/{path}", guarded(self._allowed, do)) for path, do in endpoints.items()]

    async def _live(self, request: Request) -> Response:
        """`after` is a step or the `id` of an event; `once` answers with one event, as JSON; `until` a last step."""
        cursor = Cursor.parse(request.headers.get("Last-Event-ID") or request.query_params.get("after", ""))
        smoothing = _number(request, "smoothing", 0.0, 0.0, MOST_SMOOTHING)
        if "once" in request.query_params or "until" in request.query_params:
            live = await to_thread.run_sync(self._found, request)
            news = await to_thread.run_sync(live.news, cursor, smoothing)
            news["queue"] = await to_thread.run_sync(self._waiting)
            return Response(encoded(news), media_type="application/json", headers=STREAM_HEADERS)
        if sum(tail.viewers for tail in self._tails.values()) >= MOST_VIEWERS:
            return refusal(503, "too_many_viewers", most=MOST_VIEWERS)
        stream = self._stream(await self._tail(request), request.path_params["id"], cursor, smoothing)
        return StreamingResponse(stream, 200, STREAM_HEADERS, "text/event-stream")

    async def _curve(self, request: Request) -> Response:
        """`from` and `to` are steps, `columns` how many pixels that part is wide, `metric` one of them (or all)."""
        smoothing = _number(request, "smoothing", 0.0, 0.0, MOST_SMOOTHING)
        low, high = (_number(request, name, math.nan) for name in ("from", "to"))
        zoomed = None if math.isnan(low) or math.isnan(high) else (min(low, high), max(low, high))
        columns = int(_number(request, "columns", COLUMNS, 10, MOST_COLUMNS))
        live = await to_thread.run_sync(self._found, request)
        metrics = _metrics(request, live.metrics)
        curves = await to_thread.run_sync(live.curves, smoothing, zoomed, columns, metrics)
        return JSONResponse({"step": live.cursor.step, "curves": curves}, headers={"Cache-Control": "no-store"})

    async def _table(self, request: Request) -> Response:
        """Each `run` is an id or, where only its first steps are meant, `id:until`; `metric` theirs, or the first.

        A name for the file may be wished as `file`.
        """
        wanted = [run.partition(":") for run in request.query_params.getlist("run")[:MOST_RUNS]]
        lives = [
            await to_thread.run_sync(self._live_run, id, _step(until) if until else None) for id, _, until in wanted
        ]
        known = list(dict.fromkeys(metric for live in lives for metric in live.metrics))
        metric = next(iter(_metrics(request, known)), "loss")
        name = re.sub(r"[^\w-]", "", request.query_params.get("file", ""), flags=re.ASCII) or metric
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(curve_tables(lives, metric), headers=headers, media_type="text/csv")

    def _found(self, request: Request) -> LiveRun:
        """The run as it stands. Raises UnknownRun and RunDamaged."""
        until = _number(request, "until", math.nan)
        return self._live_run(request.path_params["id"], None if math.isnan(until) else int(until))

    def _live_run(self, id: str, until: int | None) -> LiveRun:
        if self._runs is None:
            raise Closed
        live = LiveRun(self._runs.get(id), until)
        live.refresh()
        return live

    async def _tail(self, request: Request) -> Tail:
        id = request.path_params["id"]
        if id not in self._tails:
            live = await to_thread.run_sync(self._found, request)
            if self._runs is None:
                raise Closed
            if id not in self._tails:  # another viewer may have been faster
                self._tails[id] = Tail(live, self._waiting, partial(self._leave, id))
        return self._tails[id]

    async def _stream(self, tail: Tail, id: str, cursor: Cursor, smoothing: float) -> AsyncIterator[bytes]:
        tail.viewers += 1
        try:
            async for event in tail.events(cursor, smoothing):
                yield event
        finally:
            tail.viewers -= 1
            if not tail.viewers:
                self._leave(id, tail)

    def _leave(self, id: str, tail: Tail) -> None:
        """Nobody watches it any more."""
        if self._tails.get(id) is tail:
            del self._tails[id]
        tail.close()


def _metrics(request: Request, known: Sequence[str]) -> list[str]:
    """That which is asked for, or all."""
    wanted = request.query_params.get("metric")
    if wanted and wanted not in known:
        raise BadRequest(where="metric", given=wanted[:40], allowed=list(known))
    return [metric for metric in known if wanted in (None, metric)]


def _step(given: str) -> int:
    if not given.isdecimal() or len(given) > 15:
        raise BadRequest(where="run", given=given[:40], allowed="id or id:until")
    return int(given)


def _number(request: Request, name: str, default: float, least: float = -1e300, most: float = 1e300) -> float:
    """Raises BadRequest for what is no number within the limits."""
    given = request.query_params.get(name)
    if given is None:
        return default
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise BadRequest(where=name, given=given[:40], allowed=f"{least:g} to {most:g}")
    return value
