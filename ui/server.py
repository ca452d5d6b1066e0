"""What all sessions of this server share: the workspace, the supervisor of the runs and the imports under way."""

import atexit
from dataclasses import dataclass

import streamlit as st

from dl.datasets import ImportJobs
from dl.runs import RunStore
from dl.runs.supervisor import Supervisor
from dl.workspace import Workspace


@dataclass(frozen=True)
class Server:
    workspace: Workspace
    supervisor: Supervisor
    imports: ImportJobs

    @property
    def runs(self) -> RunStore:
        return self.supervisor.store

    def close(self) -> None:
        self.imports.stop_all()
        self.supervisor.close()


@st.cache_resource(show_spinner=False)
def server() -> Server:
    """Made at the first page of the first session; it ends with the process, and its workers with it."""
    workspace = Workspace.from_environment()
    shared = Server(workspace, Supervisor(workspace).start(), ImportJobs(workspace))
    atexit.register(shared.close)
    return shared
