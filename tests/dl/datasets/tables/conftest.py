"""Files of rows, and a table made of one as an import makes it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dl.datasets.tables.bringing import write_table
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.table import Table


@pytest.fixture
def brought(tmp_path: Path) -> Callable[..., Table]:
    """The table of a file's content, or of a file that is there."""

    def bring(content: str | bytes | Path, name: str = "some.csv", **wishes: Any) -> Table:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, str | bytes):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        folder = tmp_path / "made" / f"table-{len(list(tmp_path.glob('made/*')))}"
        folder.mkdir(parents=True)
        request = TableRequest(id="some", name="Some", source=str(path), **wishes)
        return Table(folder, write_table(folder, request))

    return bring


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"
