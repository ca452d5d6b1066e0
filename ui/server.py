"""What all sessions of this server share: the workspace, the supervisor of the runs, imports and profiles under way."""

import atexit
import threading
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from dl.datasets import DatasetStore
from dl.jobs.importances import ImportanceJobs
from dl.jobs.imports import ImportJobs
from dl.jobs.profiling import ProfilingJobs
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.table import RunTable
from dl.workspace import Workspace


@dataclass(frozen=True)
class Server:
    """`pushes` is set where the routes beside the pages are served too, and pages need not ask again and again."""

    workspace: Workspace
    supervisor: Supervisor
    imports: ImportJobs
    importances: ImportanceJobs
    profiling: ProfilingJobs
    pushes: threading.Event = field(default_factory=threading.Event)

    @property
    def runs(self) -> RunStore:
        return self.supervisor.store

    @property
    def datasets(self) -> DatasetStore:
        return DatasetStore(self.workspace)

    @cached_property
    def table(self) -> RunTable:
        return RunTable(self.runs)

    def current_run(self) -> Run | None:
        """The one that trains, else the next in the queue."""
        return self.supervisor.running() or next(iter(self.supervisor.queue()), None)

    def waiting(self) -> list[str]:
        """The ids of the runs in the queue, the next one first."""
        return [run.id for run in self.supervisor.queue()]

    def close(self) -> None:
        self.imports.stop_all()
        self.importances.stop_all()
        self.profiling.stop_all()
        self.supervisor.close()


@st.cache_resource(show_spinner=False)
def server() -> Server:
    """Made when the server starts or, by a host that runs only scripts, at the first page of the first session.

    It ends with the process, and its workers with it.
    """
    workspace = Workspace.from_environment()
    jobs = ImportJobs(workspace), ImportanceJobs(workspace), ProfilingJobs(workspace)
    shared = Server(workspace, Supervisor(workspace).start(), *jobs)
    atexit.register(shared.close)
    return shared
