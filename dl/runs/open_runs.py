"""The runs that have not ended, found five times a second however many have."""

import os
import time
from collections.abc import Iterator

from dl.files import Stamp, stamp
from dl.runs.liveness import as_seen
from dl.runs.recovery import written_status
from dl.runs.run import Run
from dl.runs.status import Status
from dl.runs.store import RunStore, runs_among

NAMES_SECONDS = 1.0


class OpenRuns:
    """Reads a run that has ended for good once. One that was left before may be queued again, by another process too:
    its status is read again when it is another file. So a look costs a `stat` of the folder and of each of those.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._names: set[str] = set()
        self._changed, self._listed_at = -1, 0.0
        self._final: set[str] = set()
        self._unfinished: dict[str, Stamp] = {}

    def look(self) -> Iterator[tuple[Run, Status]]:
        """The newest first. One without a readable status may be in the making, and a stale heart may beat again."""
        self._list_names()
        stamps = {name: self._stamp(name) for name in self._names - self._final}  # first, so that no change is missed
        names = (name for name, stamp in stamps.items() if self._may_be_open(name, stamp))
        for run in runs_among(names, self._store.folder):
            status = written_status(run)
            if status and status.ended:
                self._write_off(run, status, stamps[run.id])
            elif status and not (seen := as_seen(status, time.time())).ended:
                yield run, seen

    def _list_names(self) -> None:
        """The folder's time tells that runs were made, but not of two in one tick of the clock, nor on every disk."""
        changed, now = self._folder_changed(), time.monotonic()
        if changed == self._changed and now - self._listed_at < NAMES_SECONDS:
            return
        names = self._store.names()
        self._final &= names  # numbers begin anew where the whole folder was removed
        self._names, self._changed, self._listed_at = names, changed, now

    def _folder_changed(self) -> int:
        try:
            return os.stat(self._store.folder).st_mtime_ns
        except OSError:
            return -1

    def _may_be_open(self, name: str, stamp: Stamp | None) -> bool:
        return stamp is not None and self._unfinished.get(name) != stamp

    def _write_off(self, run: Run, status: Status, stamp: Stamp | None) -> None:
        if not status.unfinished:
            self._final.add(run.id)
        elif stamp:
            self._unfinished[run.id] = stamp

    def _stamp(self, name: str) -> Stamp | None:
        return stamp(f"{self._store.folder}/{name}/status.json")
