"""What ties a job to its server: it tells again and again how far it is, and hears when nobody waits any more."""

import os
import threading
from collections.abc import Callable

BEAT_SECONDS = 0.2


class Stopped(Exception):
    """Nobody waits for the job any more."""


class Lifeline:
    """Around the work of a job: `tell` writes its status, on a thread of its own, until the work is done."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._cut, self._ended = threading.Event(), threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Lifeline":
        self._heart.start()
        threading.Thread(target=self._watch_stdin, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._heart.join()

    def demand(self) -> None:
        """To be called often on the way. Raises Stopped."""
        if self._cut.is_set():
            raise Stopped

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            self._tell()

    def _watch_stdin(self) -> None:
        # os.read, because a thread blocked inside sys.stdin makes the interpreter abort when it ends.
        while os.read(0, 4096):
            pass
        self._cut.set()
