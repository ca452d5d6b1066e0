"""The worker's main without a supervisor: how faults become facts, and that it never outlives who started it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dl.datasets import Dataset
from dl.errors import DownloadFailed, LivefitError, Problem, SpecError
from dl.runs import RunStore
from dl.runs.engine import Engine
from dl.runs.status import Fault
from dl.specs import RunSpec
from dl.worker import fault_of
from dl.workspace import Workspace
from tests.faults.lasting import promptly

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (
            DownloadFailed(reason="http", detail=404),
            Fault(code="download_failed", facts={"reason": "http", "detail": 404}),
        ),
        (LivefitError(), Fault(code="error")),
        (MemoryError(), Fault(code="training_failed", facts={"reason": "out_of_memory"})),
        (
            SpecError((Problem("too_small", {"where": "training.epochs", "limit": 1}),)),
            Fault(
                code="spec",
                facts={"problems": [{"code": "too_small", "facts": {"where": "training.epochs", "limit": 1}}]},
            ),
        ),
        (KeyError("x"), Fault(code="unexpected", facts={"type": "KeyError", "text": "'x'"})),
        (
            ValueError("long " * 1000),
            Fault(code="unexpected", facts={"type": "ValueError", "text": ("long " * 1000)[:300]}),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exception_becomes_facts_that_survive_json(error: BaseException, fault: Fault) -> None:
    assert fault_of(error) == fault
    assert Fault.model_validate_json(fault.model_dump_json()) == fault


@pytest.mark.parametrize("seconds", [0.0, 1.5])
def test_worker_ends_at_once_when_it_is_let_go_while_it_starts(seconds: float) -> None:
    process = subprocess.Popen([sys.executable, "-m", "dl.worker"], cwd=ROOT, stdin=subprocess.PIPE)
    try:
        time.sleep(seconds)
        assert process.poll() is None
        process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0


@pytest.mark.parametrize("known", [True, False], ids=["chosen before", "to be tried"])
def test_worker_trains_a_graph_where_xla_fails(
    workspace: Workspace, digits: Dataset, digits_spec: Callable[..., RunSpec], known: bool
) -> None:
    """It fails on every network here, that of the warm-up first: what it compiles cannot be kept, which is an error."""
    (workspace.home / "compiled").unlink(missing_ok=True)
    (workspace.home / "compiled").write_bytes(b"no folder, so the environment's is taken")
    broken = os.environ | {"TF_XLA_FLAGS": "--tf_xla_persistent_cache_directory=/dev/null/x"}
    spec = digits_spec(epochs=2000, batch_size=1)  # long enough for a trial, however slow the machine is
    run = RunStore(workspace.runs).create(spec, digits)
    if known:
        (run.folder / "engine.json").write_text(Engine(compiler="xla", reason="measured").model_dump_json())
    command, pipe = [sys.executable, "-m", "dl.worker"], subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=broken, stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdin and worker.stdout and worker.stdout.readline() == "ready\n"
        print(run.folder, file=worker.stdin, flush=True)
        promptly(lambda: len(run.steps()) > 0)
        run.request("stop")
        assert worker.wait(60) == 0
    engine = run.engine()
    assert run.status().state == "STOPPED" and engine
    assert (engine.compiler, engine.reason) == ("graph", "not_compilable")
