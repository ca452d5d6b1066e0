"""A whole run in this process, as the worker makes it."""

from collections.abc import Callable
from types import ModuleType

import pytest

from dl.datasets import Dataset
from dl.runs import Run, RunStore, Status
from dl.specs import RunSpec
from dl.workspace import Workspace

Execute = Callable[[RunSpec], tuple[Run, Status]]


@pytest.fixture
def execute(keras: ModuleType, workspace: Workspace, digits: Dataset) -> Execute:
    def call(spec: RunSpec) -> tuple[Run, Status]:
        from dl.training.execute import execute
        from dl.training.journal import Journal

        run = RunStore(workspace.runs).create(spec, digits)
        journal = Journal(run)
        try:
            return run, execute(run, workspace, journal)
        finally:
            journal.end("FAILED")

    return call
