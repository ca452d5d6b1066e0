"""What all sessions of this server share: the workspace, the supervisor of the runs, imports and profiles under way."""

import atexit
import threading
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st

from dl.datasets import DatasetStore
from dl.jobs.imports import ImportJobs
from dl.jobs.profiling import ProfilingJobs
from dl.jobs.run_jobs import MODULES, Kind, RunJobs
from dl.jobs.supervisor import Supervisor
from dl.prediction.networks import Networks
from dl.runs import Run, RunStore
from dl.runs.table import RunTable
from dl.workspace import Workspace


@dataclass(frozen=True)
class Server:
    """`pushes` is set where the routes beside the pages are served too, and pages need not ask again and again."""

    workspace: Workspace
    supervisor: Supervisor
    imports: ImportJobs
    profiling: ProfilingJobs
    jobs: dict[Kind, RunJobs]
    pushes: threading.Event = field(default_factory=threading.Event)

    @property
    def runs(self) -> RunStore:
        return self.supervisor.store

    @property
    def datasets(self) -> DatasetStore:
        return DatasetStore(self.workspace)

    @cached_property
    def networks(self) -> Networks:
        """Those that answer in this process; one that has no light form yet gets it."""
        return Networks(self.workspace, missing=self.jobs["light"].start)

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
        self.profiling.stop_all()
        for jobs in self.jobs.values():
            jobs.stop_all()
        self.networks.close()
        self.supervisor.close()


@st.cache_resource(show_spinner=False)
def server() -> Server:
    """Made when the server starts or, by a host that runs only scripts, at the first page of the first session.

    It ends with the process, and its workers with it.
    """
    workspace = Workspace.from_environment()
    imports, profiling = ImportJobs(workspace), ProfilingJobs(workspace)
    jobs = {kind: RunJobs(workspace, kind) for kind in MODULES}
    shared = Server(workspace, Supervisor(workspace).start(), imports, profiling, jobs)
    atexit.register(shared.close)
    return shared
