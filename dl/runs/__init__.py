"""The run directory, which is the interface between pages and workers."""

from dl.runs.run import Run
from dl.runs.status import ENDED, Status
from dl.runs.store import RunStore

__all__ = ["ENDED", "Run", "RunStore", "Status"]
