"""The runs that have not ended, found five times a second however many have."""

import time
from collections.abc import Iterator

from dl.files import Stamp, stamp
from dl.runs.run import Run, as_seen
from dl.runs.status import Status
from dl.runs.store import RunStore, names_in, runs_among

NAMES_SECONDS = 1.0


class OpenRuns:
    """Reads a run that has ended for good once. One that was left before may be queued again, by another process too:
    its status is read again when it is another file. So a look costs a `stat` of the folder and of each of those.
    """

    def __init__(self, store: RunStore) -> None:
        self._folder = store.folder
        self._names: set[str] = set()
        self._changed: Stamp | None = None
        self._listed_at = 0.0
        self._final: set[str] = set()
        self._unfinished: dict[str, Stamp | None] = {}

    def look(self) -> Iterator[tuple[Run, Status]]:
        """The newest first. One without a readable status may be in the making, and a stale heart may beat again."""
        self._list_names()
        # Before the files are read, so that no change is missed.
        stamps = {name: stamp(f"{self._folder}/{name}/status.json") for name in self._names - self._final}
        for run in runs_among((name for name in stamps if self._unfinished.get(name) != stamps[name]), self._folder):
            status = run.written_status_or_none()
            if status and status.unfinished and status.ended:
                self._unfinished[run.id] = stamps[run.id]
            elif status and status.ended:
                self._final.add(run.id)
            elif status and not (seen := as_seen(status, time.time())).ended:
                yield run, seen

    def _list_names(self) -> None:
        """The folder's time tells that runs were made, but not of two in one tick of the clock, nor on every disk."""
        changed, now = stamp(self._folder), time.monotonic()
        if changed != self._changed or now - self._listed_at >= NAMES_SECONDS:
            self._names, self._changed, self._listed_at = names_in(self._folder), changed, now
            self._final &= self._names  # numbers begin anew where the whole folder was removed
