"""A real server process that is killed while a run trains: no process and no torn file is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.log.schema import USUAL
from dl.runs.status import Fault
from dl.workspace import Workspace

Wait = Callable[..., None]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the faults are made with POSIX signals")]
SERVER = """\
import atexit, time
from dl.datasets import DatasetStore
from dl.specs.presets import default_spec
from dl.jobs.supervisor import Supervisor
from dl.specs import parse_spec
from dl.workspace import Workspace
workspace = Workspace.from_environment()
supervisor = Supervisor(workspace).start()
atexit.register(supervisor.close)
digits = DatasetStore(workspace).imported("digits")
spec = default_spec(digits).model_dump()
for epochs in (100_000, 1):
    supervisor.submit(parse_spec(spec | {"training": {"epochs": epochs}}), digits)
try:
    time.sleep(600)
except KeyboardInterrupt:
    pass
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda ending: ending.name)
def test_worker_ends_in_order_when_the_server_is_ended(
    workspace: Workspace, supervisor: Supervisor, wait_until: Wait, ending: signal.Signals
) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER])
    try:
        store = RunStore(workspace.runs)
        wait_until(lambda: len(store.list()) == 2 and len(store.get("1").steps()) > 50)
        run, waiting = store.get("1"), store.get("2")
        worker = psutil.Process(run.status().pid)
        server.send_signal(ending)
        server.wait(10)
        wait_until(lambda: not worker.is_running(), 20)
    finally:
        server.kill()
        server.wait()
    assert_interrupted_by_the_worker_itself(run)
    assert waiting.status().state == "QUEUED"
    if ending == signal.SIGKILL:
        before = len(run.steps())
        supervisor.start()
        wait_until(lambda: len(run.steps()) > before + 50)
        assert waiting.status().state == "QUEUED", "the next server goes on in the old order"
        supervisor.stop(run)
        wait_until(lambda: waiting.status().ended)
        assert (run.status().state, waiting.status().state) == ("STOPPED", "FINISHED")


def assert_interrupted_by_the_worker_itself(run: Run) -> None:
    status = run.written_status()
    assert (status.state, status.phase, status.fault) == ("INTERRUPTED", "ended", Fault(code="server_gone"))
    assert (run.folder / "steps.bin").stat().st_size % USUAL.step.itemsize == 0
    assert len(run.epochs()) == len((run.folder / "epochs.jsonl").read_text().splitlines())
    assert run.predictions() is None
    assert [path.name for path in run.folder.rglob("*.tmp")] == []
