"""The worker's pen for `status.json`: one writer, at most ten times a second, and never a word after the end."""

import os
import threading
import time
from typing import Any

import psutil

from dl.runs.run import Run
from dl.runs.status import Fault, State, Status

WRITE_SECONDS = 0.1
HEARTBEAT_SECONDS = 5.0


class Journal:
    """Keeps the status of one run; thread-safe, since the watchdog may end the run at any moment."""

    def __init__(self, run: Run) -> None:
        self._run, self._lock = run, threading.Lock()
        now = time.time()
        self._written, self._closed = 0.0, threading.Event()
        self._status = run.written_status().update(
            state="RUNNING",
            phase="starting",
            started_at=now,
            pid=os.getpid(),
            process_started=psutil.Process().create_time(),
        )
        self.update(force=True)
        threading.Thread(target=self._beat, daemon=True).start()

    def update(self, force: bool = False, **changes: Any) -> None:
        """Note the facts; they reach the disk at once when the phase changes, else at most every tenth of a second."""
        now = time.time()
        with self._lock:
            if self._closed.is_set():
                return
            self._status = self._status.update(heartbeat=now, **changes)
            if force or "phase" in changes or now - self._written >= WRITE_SECONDS:
                self._run.write_status(self._status)
                self._written = now

    def end(self, state: State, fault: Fault | None = None, **facts: Any) -> Status:
        """The last word: whatever is written afterwards is ignored."""
        with self._lock:
            if not self._closed.is_set():
                now = time.time()
                changes = {"state": state, "phase": "ended", "ended_at": now, "heartbeat": now, "fault": fault, **facts}
                self._status = self._status.update(**changes)
                self._run.write_status(self._status)
                self._closed.set()
            return self._status

    def stop_wished(self) -> bool:
        return self._run.stop_requested_at() is not None

    def _beat(self) -> None:
        while not self._closed.wait(HEARTBEAT_SECONDS):
            self.update(force=True)
