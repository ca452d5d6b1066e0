"""Files of rows, and a table made of one as an import makes it."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dl.datasets.tables.bringing import write_table
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.table import Table

Bring = Callable[..., Table]


@pytest.fixture(scope="session")
def brought_once(tmp_path_factory: pytest.TempPathFactory) -> Bring:
    """The table of a file's content, for tests that only read it: the same content is brought once a session."""

    @cache
    def bring(content: str | bytes, **wishes: Any) -> Table:
        return _bring(tmp_path_factory.mktemp("brought"), content, **wishes)

    return bring


@pytest.fixture
def brought(tmp_path: Path, brought_once: Bring) -> Bring:
    """A table of its own of a file's content, which may be changed."""

    def bring(content: str | bytes, **wishes: Any) -> Table:
        known = brought_once(content, **wishes)
        folder = tmp_path / f"table-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(known.folder, folder)
        return Table(folder, known.description)

    return bring


def _bring(place: Path, content: str | bytes, name: str = "some.csv", **wishes: Any) -> Table:
    (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
    request = TableRequest(id="some", name="Some", source=str(place / name), **wishes)
    folder = place / "made"
    folder.mkdir()
    return Table(folder, write_table(folder, request))


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"
