"""A specification that somebody looks at is made ready by the waiting worker."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dl.datasets import Dataset
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore
from dl.runs.engine import Engine
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import BatchNormalization, Dense, Flatten
from dl.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 90


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def supervisor(workspace: Workspace) -> Iterator[Supervisor]:
    supervisor = Supervisor(workspace).start()
    yield supervisor
    supervisor.close()


def remembered(workspace: Workspace) -> int:
    memory = workspace.home / "engines.json"
    return len(json.loads(memory.read_bytes())) if memory.exists() else 0


def engine_of(run: Run) -> Engine:
    wait_until(lambda: run.status().ended)
    assert run.status().state == "FINISHED", (run.folder / "log.txt").read_text()
    engine = run.engine()
    assert engine
    return engine


def test_run_finds_its_network_ready_and_the_next_one_too(
    supervisor: Supervisor, workspace: Workspace, digits: Dataset, digits_spec: Callable[..., RunSpec]
) -> None:
    spec = digits_spec(epochs=1)
    supervisor.prepare(digits_spec(epochs=1, batch_size=64))
    supervisor.prepare(spec)
    wait_until(lambda: remembered(workspace))
    assert engine_of(supervisor.submit(spec, digits)).reason == "measured", "it was tried before anybody waited"
    assert remembered(workspace) == 1, "only the last one was prepared"
    other = digits_spec(epochs=1, batch_size=16)
    assert engine_of(supervisor.submit(other, digits)).reason == "too_short"


def test_worker_goes_on_where_it_cannot_prepare(
    supervisor: Supervisor, digits: Dataset, digits_spec: Callable[..., RunSpec]
) -> None:
    spec = digits_spec(epochs=1)
    supervisor.prepare(spec.model_copy(update={"data": spec.data.model_copy(update={"dataset": "mnist"})}))
    wait_until(lambda: supervisor._worker and b"not prepared: DatasetMissing" in supervisor._worker.output())
    assert engine_of(supervisor.submit(spec, digits)).reason == "too_short"


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.5, 2.0])
def test_run_of_another_network_does_not_wait_for_the_one_being_compiled(
    workspace: Workspace, digits: Dataset, digits_spec: Callable[..., RunSpec], delay: float
) -> None:
    run = RunStore(workspace.runs).create(digits_spec(epochs=1), digits)
    layers = (Flatten(), *10 * (Dense(units=64), BatchNormalization()), Dense(units=10, activation="softmax"))
    slow = digits_spec(batch_size=round(100 * delay)).model_copy(update={"model": NetworkSpec(layers=layers)})
    command = [sys.executable, "-m", "dl.worker"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdin and worker.stdout
        while worker.stdout.readline() != "ready\n":
            assert worker.poll() is None
        print(slow.model_dump_json(), file=worker.stdin, flush=True)
        time.sleep(delay)
        print(run.folder, file=worker.stdin, flush=True)
        assert engine_of(run).reason == "too_short"
        assert not remembered(workspace), "otherwise the other one had been compiled first"
