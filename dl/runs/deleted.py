"""Runs that were deleted: moved aside within the workspace, so that it can be undone, and removed a week later."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dl.errors import NotKept, UnknownRun
from dl.files import patiently
from dl.runs.run import Run
from dl.runs.store import DELETED, RunStore

KEPT_DAYS, DAY = 7, 86_400  # a day in seconds


class DeletedRuns:
    """Of the runs in `folder`; in there they are no runs to anybody. A rename is whole or has not happened."""

    def __init__(self, folder: Path) -> None:
        self._runs, self.folder = folder, folder / DELETED

    def add(self, run: Run) -> bool:
        """False if it is gone already; the time of its folder says from then on when it was deleted. Raises NotKept."""
        with suppress(UnknownRun), told(run.id):
            self.folder.mkdir(exist_ok=True)
            os.utime(run.folder)
            patiently(lambda: os.rename(run.folder, self.folder / run.id))
            return True
        return False

    def restore(self, id: str) -> Run:
        """Raises UnknownRun for one that was removed for good, or is back already; NotKept."""
        run = RunStore(self.folder).get(id)
        with told(id):
            patiently(lambda: os.rename(run.folder, self._runs / id))
        return Run(self._runs / id)

    def list(self) -> list[Run]:
        """Deleted last, first."""
        return sorted(RunStore(self.folder).list(), key=_deleted_at, reverse=True)

    def remove(self, id: str) -> None:
        """For good: nothing brings it back. Raises UnknownRun."""
        shutil.rmtree(RunStore(self.folder).get(id).folder, ignore_errors=True)

    def sweep(self, now: float) -> None:
        """Remove for good what was deleted long ago."""
        for run in self.list():
            if now - _deleted_at(run) > KEPT_DAYS * DAY:
                shutil.rmtree(run.folder, ignore_errors=True)


@contextmanager
def told(id: str) -> Iterator[None]:
    """What the disk refuses, as a reason that a page can say."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnknownRun(run=id) from error
    except OSError as error:
        raise NotKept(run=id) from error


def _deleted_at(run: Run) -> float:
    """Long ago for one that somebody else has just taken away."""
    with suppress(FileNotFoundError):
        return run.folder.stat().st_mtime
    return 0.0
