"""The route of tables: `rows.csv` has all rows of one that the filters let through, read and sent in blocks."""

import re
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


class Rows:
    """`allowed` says whether a page of that origin may ask this host."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._store: DatasetStore | None = None

    def open(self, store: DatasetStore) -> None:
        """From now on tables are found."""
        self._store = store

    def routes(self, base: str = "") -> list[Route]:
        """Under the path, such as `/livefit`, that the pages are served under."""
        return [Route(f"{base}/api/datasets/{{id}}/rows.csv", guarded(self._allowed, self._csv))]

    async def _csv(self, request: Request) -> Response:
        """`filter`, which may be there more than once, and `sort` are spelled as in the address of the page."""
        table = await to_thread.run_sync(self._table, request.path_params["id"])
        filters = filters_of(table, request.query_params.getlist("filter"))
        blocks = csv_blocks(table, filters, sort_of(table, request.query_params.get("sort", "")))
        head = await to_thread.run_sync(next, blocks)  # what cannot be asked is said before anything is sent
        name = re.sub(r"[^\w-]", "", table.folder.name, flags=re.ASCII)
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(chain([head], blocks), headers=headers, media_type="text/csv")

    def _table(self, dataset_id: str) -> Table:
        if self._store is None:
            raise Closed
        return self._store.table(dataset_id)
