"""A model from elsewhere, looked into and loaded in a process of its own with little to spend: see `dl.jobs.run_job`.

Where the system knows no limits (Windows), only its time is limited.
"""

import os
import threading

from dl.jobs.run_job import Report, serve
from dl.models.archive import look_into
from dl.models.weights import look_at_weights
from dl.runs.run import Run
from dl.workspace import Workspace

SECONDS = 120
MEMORY_BYTES = 3_000_000_000  # beside what Keras itself has taken by then
FILE_BYTES = 1_000_000_000
OPEN_FILES = 512


def work(run: Run, workspace: Workspace, report: Report) -> None:
    """Raises ModelRefused; a model that takes more than it may ends the process."""
    limit = threading.Timer(SECONDS, os._exit, [1])
    limit.daemon = True
    limit.start()
    look_into(run.model_file)
    look_at_weights(run.model_file)
    report(1, 3)
    from dl.training.foreign import take_in  # not before the file was looked into

    _limit()
    report(2, 3)
    take_in(run, workspace)
    report(3, 3)


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    import psutil

    taken = psutil.Process().memory_info().vms
    for kind, most in (
        (resource.RLIMIT_AS, taken + MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    serve("model", work)
