"""The run that lasts, left in peace: what every run under fault has to equal in the end."""

from collections.abc import Callable, Iterator

import pytest

from dl.datasets import DatasetStore
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.workspace import Workspace
from tests.faults.lasting import lasting_spec, promptly, use_xla


@pytest.fixture(scope="session")
def uninterrupted(furnish: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The lasting run, left in peace."""
    workspace = furnish(tmp_path_factory.mktemp("reference") / "home", "digits")
    supervisor, digits = Supervisor(workspace), DatasetStore(workspace).imported("digits")
    run = use_xla(supervisor.submit(lasting_spec(digits), digits))
    supervisor.start()
    try:
        promptly(lambda: run.status().ended)
    finally:
        supervisor.close()
    yield run
