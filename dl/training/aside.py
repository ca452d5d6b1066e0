"""Work on a thread of its own, for which somebody waits as long as nobody is in a hurry."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

LOOK_SECONDS = 0.02


class Abandoned(Exception):
    """What was being prepared is not worth waiting for: somebody wants to train."""


def aside(work: Callable[[], object]) -> "Future[object]":
    """Unlike those of an executor, the thread does not keep the process from ending."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def wait_for(work: Callable[[], object], is_hurried: Callable[[], bool]) -> None:
    """Raises Abandoned, and leaves the work to itself, as soon as somebody is in a hurry."""
    future = aside(work)
    while not future.done():
        if is_hurried():
            raise Abandoned
        with suppress(TimeoutError):
            future.exception(LOOK_SECONDS)
    future.result()
