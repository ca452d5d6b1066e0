"""Runs that were deleted: moved aside within the workspace, so that it can be undone, and removed a week later."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dl.aside import Aside
from dl.errors import NotKept, UnknownRun
from dl.runs.run import Run
from dl.runs.store import DELETED, RunStore


class DeletedRuns:
    """Of the runs in `folder`; in there they are no runs to anybody."""

    def __init__(self, folder: Path) -> None:
        self._runs, self.folder = folder, folder / DELETED
        self._aside = Aside(folder, self.folder)

    def add(self, run: Run) -> bool:
        """False if it is gone already. Raises NotKept."""
        with suppress(UnknownRun), told(run.id):
            self._aside.put(run.id)
            return True
        return False

    def restore(self, id: str) -> Run:
        """Raises UnknownRun for one that was removed for good, or is back already; NotKept."""
        with told(RunStore(self.folder).get(id).id):
            self._aside.back(id)
        return Run(self._runs / id)

    def list(self) -> list[Run]:
        """Deleted last, first."""
        return sorted(RunStore(self.folder).list(), key=lambda run: self._aside.put_at(run.id), reverse=True)

    def remove(self, id: str) -> None:
        """For good: nothing brings it back. Raises UnknownRun."""
        shutil.rmtree(RunStore(self.folder).get(id).folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove for good what was deleted long ago."""
        self._aside.sweep()


@contextmanager
def told(id: str) -> Iterator[None]:
    """What the disk refuses, as a reason that a page can say."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnknownRun(run=id) from error
    except OSError as error:
        raise NotKept(run=id) from error
