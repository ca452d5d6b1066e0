"""A supervisor with real workers, which must leave no process behind."""

from collections.abc import Iterator

import psutil
import pytest

from dl.runs.supervisor import Supervisor
from dl.workspace import Workspace


@pytest.fixture
def supervisor(workspace: Workspace) -> Iterator[Supervisor]:
    """Not started yet; whatever it started is gone in the end."""
    made = Supervisor(workspace)
    yield made
    made.close()
    assert [
        child.cmdline() for child in psutil.Process().children(recursive=True) if "dl.worker" in child.cmdline()
    ] == []
