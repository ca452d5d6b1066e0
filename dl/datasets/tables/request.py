"""What somebody wants of a table that is brought: a file on disk speaks for them to the process that reads it."""

import re
from collections.abc import Collection
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.datasets.tables.splits import Split
from dl.files import TEMPORARIES
from dl.workspace import Workspace


class TableRequest(BaseModel):
    """`source` and `test_source` are paths or addresses; `dialect` has the fields that were changed.

    `target` is a column's name; empty, and without a task or a split, what is likely is taken. `arrival` is where the
    request was put together, without an id yet, and `fetched` where its source lies already, downloaded and unpacked.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    source: str
    test_source: str = ""
    dialect: dict[str, Any] = {}
    target: str = ""
    task: Literal["classification", "regression"] | None = None
    split: Split | None = None
    arrival: str = ""
    fetched: str = ""


def is_arrival(id: str) -> bool:
    """Of a table that was given and is not imported yet; `unused_id` gives none like it."""
    return re.fullmatch(r"new-[0-9a-f]{12}", id) is not None


def unused_id(workspace: Workspace, name: str, known: Collection[str]) -> str:
    """Made of a file's name, and of no data set that is here, known or on its way."""
    stem = re.sub(r"(\.[a-z0-9]{1,8}){1,2}$", "", name.lower()) or name.lower()
    slug = re.sub(r"[^a-z0-9]+", "_", stem).strip("_-")[:48] or "table"
    candidate, number = slug, 2
    while candidate in known or _is_taken(workspace, candidate):
        candidate, number = f"{slug}_{number}", number + 1
    return candidate


def _is_taken(workspace: Workspace, dataset_id: str) -> bool:
    folder = workspace.datasets
    begun = folder.glob(TEMPORARIES.replace("*", f"{dataset_id}.*"))
    return (folder / dataset_id).exists() or any(begun)
