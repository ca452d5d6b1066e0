"""A model from elsewhere, looked into and loaded in a process of its own with little to spend: see `dl.jobs.run_job`.

Where the system knows no limits (Windows, and of memory macOS), only its time is limited.
"""

import os
import sys
import threading

import psutil

from dl.errors import ModelRefused
from dl.jobs.run_job import Report, serve
from dl.models.looking import look
from dl.runs.run import Run
from dl.workspace import Workspace

SECONDS = 120  # of the processor
LONGEST_SECONDS = 300  # by the clock, on a computer that has other things to do
LOOKING_BYTES = 2_000_000_000  # of memory, beside what this process has taken before it looks,
MEMORY_BYTES = 3_000_000_000  # and beside what Keras itself has taken before it loads
FILE_BYTES = 1_000_000_000
OPEN_FILES = 512


def work(run: Run, workspace: Workspace, report: Report) -> None:
    """Raises ModelRefused; a model that takes more than it may can also end the process."""
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # its memory knows no limit, and it needs more addresses than are allowed
    end = threading.Timer(LONGEST_SECONDS, os._exit, [1])
    end.daemon = True
    end.start()
    for kind, most in (("RLIMIT_CPU", SECONDS), ("RLIMIT_FSIZE", FILE_BYTES), ("RLIMIT_NOFILE", OPEN_FILES)):
        _limit(kind, most)
    try:
        _take_in(run, workspace, report)
    except MemoryError as error:
        raise ModelRefused(reason="memory", memory=MEMORY_BYTES) from error


def _take_in(run: Run, workspace: Workspace, report: Report) -> None:
    _limit_memory(LOOKING_BYTES)
    look(run.model_file)
    report(1, 3)
    _limit_memory(None)
    from dl.training.foreign import take_in  # not before the file was looked into

    _limit_memory(MEMORY_BYTES)
    report(2, 3)
    take_in(run, workspace)
    report(3, 3)


def _limit_memory(more: int | None) -> None:
    """So many bytes more than it has now; None for as many as there are."""
    if sys.platform == "linux":
        _limit("RLIMIT_AS", None if more is None else psutil.Process().memory_info().vms + more)


def _limit(kind: str, most: int | None) -> None:
    """None for as much as whoever started this process allows, which is never exceeded."""
    try:
        import resource
    except ImportError:
        return
    what = getattr(resource, kind)
    _, allowed = resource.getrlimit(what)
    if most is None or (allowed != resource.RLIM_INFINITY and allowed < most):
        most = allowed
    resource.setrlimit(what, (most, allowed))


if __name__ == "__main__":
    serve("model", work)
