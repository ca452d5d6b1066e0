"""The routes of tables: `rows.csv` has all rows of one that the filters let through, `predictions.csv` a run's answers
to its test rows; both are read and sent in blocks."""

import re
from collections.abc import Iterator
from itertools import chain

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.guard import Allowed, Closed, guarded
from dl.datasets import DatasetStore
from dl.datasets.tables.table import Table
from dl.profiles.filters import filters_of, sort_of
from dl.profiles.rows import csv_blocks
from dl.runs import RunStore
from dl.runs.answer_table import answer_table


class Rows:
    """`allowed` says whether a page of that origin may ask this host."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._stores: tuple[DatasetStore, RunStore] | None = None

    def open(self, datasets: DatasetStore, runs: RunStore) -> None:
        """From now on tables are found, and what was answered of them."""
        self._stores = datasets, runs

    def routes(self, base: str = "") -> list[Route]:
        """Under the path, such as `/livefit`, that the pages are served under."""
        endpoints = {"datasets/{id}/rows.csv": self._rows, "runs/{id}/predictions.csv": self._predictions}
        return [Route(f"{base}/api/{path}", guarded(self._allowed, do)) for path, do in endpoints.items()]

    async def _rows(self, request: Request) -> Response:
        """`filter`, which may be there more than once, and `sort` are spelled as in the address of the page."""
        table = await to_thread.run_sync(self._table, request.path_params["id"])
        filters = filters_of(table, request.query_params.getlist("filter"))
        blocks = csv_blocks(table, filters, sort_of(table, request.query_params.get("sort", "")))
        head = await to_thread.run_sync(next, blocks)  # what cannot be asked is said before anything is sent
        return _download(table.folder.name, chain([head], blocks))

    async def _predictions(self, request: Request) -> Response:
        """Of a run on a table, with the columns of its rows."""
        id = request.path_params["id"]
        return _download(f"livefit-{id}-predictions", await to_thread.run_sync(self._answers, id))

    def _answers(self, id: str) -> Iterator[str]:
        """Raises UnknownRun and RunDamaged."""
        datasets, runs = self._open_stores()
        return answer_table(runs.get(id), datasets)

    def _table(self, dataset_id: str) -> Table:
        return self._open_stores()[0].table(dataset_id)

    def _open_stores(self) -> tuple[DatasetStore, RunStore]:
        if self._stores is None:
            raise Closed
        return self._stores


def _download(name: str, lines: Iterator[str]) -> Response:
    name = re.sub(r"[^\w-]", "", name, flags=re.ASCII)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, headers=headers, media_type="text/csv")
