"""A run of the textbook network, as any program with the library queues one; for the benchmarks and `tests/browser`."""

from typing import Any

from dl.datasets import DatasetStore
from dl.runs import Run, RunStore
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace


def queue_run(workspace: Workspace, dataset: str, **training: Any) -> Run:
    """A server of this workspace takes it up by itself; keywords change its training."""
    description = DatasetStore(workspace).imported(dataset)
    spec = default_spec(description).model_dump()
    wanted = RunSpec.model_validate(spec | {"training": spec["training"] | training})
    return RunStore(workspace.runs).create(wanted, description)
