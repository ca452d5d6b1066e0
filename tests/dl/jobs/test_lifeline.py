"""A job tells how far it is while it works, and hears when its server lets it go."""

import os
import threading
from collections.abc import Callable

import pytest

from dl.jobs import lifeline
from dl.jobs.lifeline import Lifeline, Stopped


def test_job_tells_until_it_ends_and_hears_that_nobody_waits(
    monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]
) -> None:
    source, server = os.pipe()
    read = os.read
    monkeypatch.setattr(lifeline.os, "read", lambda number, count: read(source, count))  # in the place of stdin
    monkeypatch.setattr(lifeline, "BEAT_SECONDS", 0.01)
    beats: list[int] = []
    with Lifeline(lambda: beats.append(1)) as line:
        wait_until(lambda: len(beats) > 2, 20)
        os.write(server, b"a line is no end\n")
        line.demand()
        os.close(server)
        wait_until(lambda: cut(line), 20)
    told = len(beats)
    assert not any("_beat" in thread.name for thread in threading.enumerate()) and len(beats) == told
    os.close(source)


def cut(line: Lifeline) -> bool:
    try:
        line.demand()
    except Stopped:
        return True
    return False
