"""The worker's pen for `status.json`: one writer, at most ten times a second, and never a word after the end."""

import os
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from dl.files import sweep_temporaries
from dl.processes import Owner
from dl.runs.results import forget_results
from dl.runs.run import Run
from dl.runs.status import Fault, Status
from dl.runs.transitions import Ending, transition

WRITE_SECONDS = 0.1
HEARTBEAT_SECONDS = 5.0
RESERVE_BYTES = 65_536


class StatusWriter:
    """Keeps the status of one run; thread-safe, since the watchdog may end the run at any moment.

    It holds back some space on the disk, so that the last word can be written when the disk is full. `leaving` is set
    when the server is gone: the run shall save itself and end. Its lease is renewed with each beat of the heart; if it
    is lost, since this machine slept and another one has the run now, nothing more is written.
    """

    def __init__(self, run: Run) -> None:
        self._run, self._lock = run, threading.Lock()
        self._reserve = run.folder / "reserve"
        self._written, self._closed, self.leaving = 0.0, threading.Event(), threading.Event()
        sweep_temporaries(run.folder, *(run.folder / name for name in ("checkpoints", "predictions", "wishes")))
        self._lease, self._renewed = run.lease() or run.claim(), 0.0
        with suppress(OSError):  # a disk that is full already is reported by what needs it
            self._reserve.write_bytes(os.urandom(RESERVE_BYTES))  # zeros would be compressed away by some file systems
        self._status = transition(run.written_status(), "begun", time.time(), **asdict(Owner.current()))
        forget_results(run.folder)
        self.update(force=True)
        threading.Thread(target=self._beat, daemon=True).start()

    def update(self, force: bool = False, **changes: Any) -> None:
        """Note the facts; they reach the disk at once when the phase changes, else at most every tenth of a second."""
        now = time.time()
        with self._lock:
            if self._closed.is_set() or not self._keeps_lease(now):
                return
            self._status = self._status.update(heartbeat=now, **changes)
            if force or "phase" in changes or now - self._written >= WRITE_SECONDS:
                self._run.write_status(self._status)
                self._written = now

    def advance(self, **changes: Any) -> None:
        """Note that the run has got further, which a heart that beats does not say."""
        self.update(advanced_at=time.time(), **changes)

    def end(self, event: Ending, fault: Fault | None = None, **facts: Any) -> Status:
        """The last word: whatever is written afterwards is ignored."""
        with self._lock:
            now = time.time()
            self._reserve.unlink(missing_ok=True)
            if not self._closed.is_set() and self._keeps_lease(now):
                self._status = transition(self._status, event, now, heartbeat=now, fault=fault, **facts)
                self._run.write_status(self._status)
                self._closed.set()
                if self._lease:
                    self._lease.release()
            return self._status

    def _keeps_lease(self, now: float) -> bool:
        if now - self._renewed >= HEARTBEAT_SECONDS:
            if not (self._lease and self._lease.renew(now)):
                self._closed.set()
                self.leaving.set()
                return False
            self._renewed = now
        return True

    def _beat(self) -> None:
        while not self._closed.wait(HEARTBEAT_SECONDS):
            with suppress(OSError):  # a full disk: the training itself finds it out, and says so
                self.update(force=True)
