"""The routes that ask a trained network, with rows of a table or a picture, and give back a file that it answered."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
from anyio import to_thread
from numpy.typing import NDArray
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from api.guard import Allowed, BadRequest, Closed, guarded
from dl.datasets import DatasetStore
from dl.errors import DatasetError, UnknownRun
from dl.models.store import PREFIX, ModelStore
from dl.prediction.answers import answer_of
from dl.prediction.drawing import STEPS
from dl.prediction.nearest import Nearest
from dl.prediction.networks import Networks, Ready
from dl.prediction.pictures import MOST_BYTES, encoded, encoded_steps
from dl.prediction.requests import ANSWERS, read_request, request_folder
from dl.prediction.rows import MOST_ROWS
from dl.runs import RunStore

MOST_ALIKE = 12
NO_STORE = {"Cache-Control": "no-store"}


class Predict:
    """`allowed` says whether a page of that origin may ask this host."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed, self._nearest = allowed, Nearest()
        self._stores: tuple[DatasetStore, RunStore, Networks] | None = None
        self._busy = asyncio.Semaphore(2)  # who draws waits for two others at most, not for a pool of threads

    def open(self, datasets: DatasetStore, runs: RunStore, networks: Networks) -> None:
        """From now on networks are found."""
        self._stores = datasets, runs, networks

    def routes(self, base: str = "") -> list[Route]:
        """Under the path, such as `/livefit`, that the pages are served under."""
        return [
            Route(f"{base}/api/runs/{{id}}/predict", guarded(self._allowed, self._predict), methods=["POST"]),
            Route(f"{base}/api/answers/{{token}}.csv", guarded(self._allowed, self._answers)),
        ]

    async def _answers(self, request: Request) -> Response:
        """A file that was answered."""
        if self._stores is None:
            raise Closed
        folder = request_folder(self._stores[0].workspace, request.path_params["token"])
        asked, path = await to_thread.run_sync(read_request, folder), folder / ANSWERS
        if not path.is_file():
            raise UnknownRun(run=folder.name)
        return FileResponse(
            path, media_type="text/csv", filename=f"{Path(asked.name).stem}-answers.csv", headers=NO_STORE
        )

    async def _predict(self, request: Request) -> Response:
        """A picture (PNG, JPEG, WebP), or JSON: `{"rows": [{column: value, …}, …]}`, or one such row.

        `epoch` is a saved one. Of a picture, `steps` names those that are taken of cut, fit, centre; with `seen` the
        answer has what came of each, and `alike` so many training pictures that look most like it to the network.
        """
        ready = await to_thread.run_sync(self._ready, request.path_params["id"])
        try:
            body, epoch = await _body(request), _epoch(request)
        except ClientDisconnect:  # nobody hears what is answered
            return Response(status_code=400)
        answer = self._of_picture if ready.dataset.picture else self._of_rows
        async with self._busy:
            answered = await to_thread.run_sync(answer, request, ready, body, epoch)
        return JSONResponse({"run": request.path_params["id"], "epoch": epoch, **answered}, headers=NO_STORE)

    def _ready(self, id: str) -> Ready:
        """Raises UnknownRun, NoLightForm, RunDamaged."""
        if self._stores is None:
            raise Closed
        datasets, runs, networks = self._stores
        models = ModelStore(datasets.workspace)
        return networks.of(models.get(id) if id.startswith(PREFIX) else runs.get(id))

    def _of_picture(self, request: Request, ready: Ready, body: bytes, epoch: int | None) -> dict[str, Any]:
        wanted = request.query_params.get("steps")
        steps = STEPS if wanted is None else [step for step in STEPS if step in wanted.split(",")]
        picture, outputs = ready.picture(body, steps, epoch)
        answered = answer_of(outputs.answers[0], ready.dataset)
        if "seen" in request.query_params:
            answered["seen"] = encoded_steps(picture)
        if count := _count(request):
            answered["alike"] = self._alike(ready, outputs.hidden[0], epoch, count)
        return answered

    def _alike(self, ready: Ready, hidden: NDArray[np.float32], epoch: int | None, count: int) -> dict[str, Any] | None:
        """None where the training pictures are not here any more."""
        assert self._stores
        try:
            found = self._nearest.to(ready, hidden, self._stores[0], epoch, count)
        except DatasetError:
            return None
        names = [ready.dataset.classes[label] for label in found.labels]
        return {"pictures": [encoded(picture) for picture in found.pictures], "names": names, "among": found.among}

    def _of_rows(self, request: Request, ready: Ready, body: bytes, epoch: int | None) -> dict[str, Any]:
        rows = _rows(body)
        return {"answers": [answer_of(outputs, ready.dataset) for outputs in ready.rows(rows, epoch)]}


async def _body(request: Request) -> bytes:
    """Raises BadRequest for one that is too large, before it is all read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise BadRequest(where="body", given=f"more than {MOST_BYTES} bytes", allowed=f"{MOST_BYTES} bytes")
    return bytes(body)


def _rows(body: bytes) -> list[dict[str, Any]]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest(where="body", given=body[:40].decode(errors="replace"), allowed="JSON") from None
    rows = given.get("rows", [given]) if isinstance(given, dict) else given
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise BadRequest(where="rows", given=str(rows)[:40], allowed=f"a list of 1 to {MOST_ROWS} rows")
    return rows


def _epoch(request: Request) -> int | None:
    given = request.query_params.get("epoch", "")
    if given and not (given.isdecimal() and len(given) < 7):
        raise BadRequest(where="epoch", given=given[:40], allowed="a saved epoch")
    return int(given) if given else None


def _count(request: Request) -> int:
    given = request.query_params.get("alike", "0")
    if not given.isdecimal() or int(given[:6]) > MOST_ALIKE:
        raise BadRequest(where="alike", given=given[:40], allowed=f"0 to {MOST_ALIKE}")
    return int(given)
