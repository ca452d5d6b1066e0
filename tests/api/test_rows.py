"""The rows of a table as a file: filtered, in order, in blocks, and nothing of what nobody may ask for."""

from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dl.datasets.columns import Category, Number
from dl.datasets.description import Dataset
from dl.workspace import Workspace

ROWS = 25_000  # more than are read at once
ADDRESS = "/base/api/datasets/made/rows.csv"


@pytest.fixture(autouse=True)
def table(workspace: Workspace) -> None:
    folder = workspace.datasets / "made"
    folder.mkdir()
    place = np.arange(ROWS)
    words = np.where(place % 2, "=odd", "even, of course")
    pq.write_table(pa.table({"c0": place.astype(float), "c1": words}), folder / "rows.parquet")
    np.save(folder / "test_rows.npy", place[:5])
    columns = (Number(name="n", field="c0"), Category(name="w", role="target", field="c1"))
    facts: dict[str, Any] = {"rows": {"train": ROWS - 5, "test": 5}, "source": "", "licence": ""}
    made = Dataset(id="made", name="made", columns=columns, **facts)
    (folder / "dataset.json").write_text(made.model_dump_json())


def lines(served: Any, query: str = "") -> list[str]:
    answer = served.ask(f"{ADDRESS}?{query}")
    assert answer.status == 200 and answer.headers["Content-Disposition"] == 'attachment; filename="made.csv"'
    return list(answer.read().decode("utf-8-sig").splitlines())


def test_all_rows_come_in_their_order_without_formulas(served: Any) -> None:
    found = lines(served)
    assert found[:3] == ["n,w", '0,"even, of course"', "1,'=odd"] and len(found) == ROWS + 1
    assert [line.split(",")[0] for line in found[1:]] == [str(place) for place in range(ROWS)]


def test_rows_are_filtered_and_sorted_as_the_page_says(served: Any) -> None:
    query = f"filter={quote('c0 < 10')}&filter={quote('c1 = =odd')}&sort={quote('c0 down')}"
    assert lines(served, query)[1:] == [f"{place},'=odd" for place in (9, 7, 5, 3, 1)]


@pytest.mark.parametrize(("path", "status"), [("nothing", 404), (".made", 404), ("made", 422)])
def test_what_cannot_be_answered_has_a_reason(path: str, status: int, served: Any) -> None:
    found, answer = served.json(f"/base/api/datasets/{path}/rows.csv?filter={quote('c0 = tall')}")
    assert found == status and (status == 404 or answer["error"] == "not_comparable")


def test_another_origin_gets_no_rows(served: Any) -> None:
    status, answer = served.json(ADDRESS, Origin="http://evil.example")
    assert (status, answer["error"]) == (403, "origin_not_allowed")
