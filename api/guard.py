"""What all routes have in common: whom they answer, and what they say where they cannot."""

from collections.abc import Awaitable, Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dl.errors import LivefitError, NoLightForm, UnknownDataset, UnknownRun

Allowed = Callable[[str | None, str | None], bool]
Endpoint = Callable[[Request], Awaitable[Response]]


class BadRequest(LivefitError):
    """Facts: where, given, allowed."""

    code = "bad_request"


class Closed(LivefitError):
    """The server is not open yet, or no longer."""

    code = "closed"


# Of others 422.
STATUS: dict[type[LivefitError], int] = {
    Closed: 503,
    UnknownRun: 404,
    UnknownDataset: 404,
    BadRequest: 400,
    NoLightForm: 409,
}


def guarded(allowed: Allowed, endpoint: Endpoint) -> Endpoint:
    """Another origin is refused, and what cannot be answered gets a reason in JSON."""

    async def answer(request: Request) -> Response:
        origin, host = request.headers.get("Origin"), request.headers.get("Host")
        if not await to_thread.run_sync(allowed, origin, host):
            return refusal(403, "origin_not_allowed", origin=origin, host=host)
        try:
            return await endpoint(request)
        except LivefitError as error:
            return refusal(STATUS.get(type(error), 422), error.code, **error.facts)

    return answer


def refusal(status: int, error: str, **facts: object) -> JSONResponse:
    return JSONResponse({"error": error, **facts}, status, {"Cache-Control": "no-store"})
