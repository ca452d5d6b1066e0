"""Real workers that are killed, starved, frozen or fed with nonsense: the run says so, and the queue goes on."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dl.datasets import Dataset
from dl.jobs import supervisor as supervisor_module
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.runs.run import STALE_SECONDS
from dl.runs.status import Fault
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import Dense, Flatten, Rescaling
from dl.workspace import Workspace

Spec = Callable[..., RunSpec]
Wait = Callable[..., None]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the faults are made with POSIX signals")]
OUTPUT = Dense(units=10, activation="softmax")


def worker_of(run: Run) -> psutil.Process:
    return psutil.Process(run.status().pid)


def fault_of(run: Run) -> Fault:
    fault = run.written_status().fault
    assert fault is not None
    return fault


def test_run_is_interrupted_and_the_next_one_trains_when_its_worker_is_killed(
    supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait
) -> None:
    supervisor.start()
    killed, next_one = (supervisor.submit(digits_spec(epochs=epochs), digits) for epochs in (100_000, 1))
    wait_until(lambda: len(killed.steps()) > 50)
    worker = worker_of(killed)
    worker.kill()
    wait_until(lambda: killed.written_status().ended)
    assert killed.written_status().state == "INTERRUPTED"
    assert fault_of(killed) == Fault(code="worker_killed", facts={"exit_code": -signal.SIGKILL})
    assert len(killed.steps()) > 50, "what was computed stays readable"
    wait_until(lambda: next_one.written_status().ended)
    assert next_one.status().state == "FINISHED"
    assert not worker.is_running()


def test_queue_goes_on_when_runs_fail_one_after_another(
    workspace: Workspace, supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait
) -> None:
    diverging = digits_spec(epochs=50, optimizer={"type": "SGD", "learning_rate": 100})
    deep = NetworkSpec(layers=(Rescaling(), Flatten(), *[Dense(activation="linear")] * 5, OUTPUT))
    diverges = supervisor.submit(diverging.model_copy(update={"model": deep}), digits)
    other_data = digits.model_copy(update={"fingerprint": "0" * 64})
    changed = supervisor.submit(digits_spec(), other_data)
    torn = supervisor.submit(digits_spec(), digits)
    (torn.folder / "spec.json").write_text('{"version": 1, "da')
    supervisor.start()
    wait_until(lambda: torn.written_status().ended, 120)
    assert [run.written_status().state for run in (diverges, changed, torn)] == ["FAILED"] * 3
    assert fault_of(diverges).code == "training_failed" and fault_of(diverges).facts["reason"] == "diverged"
    assert fault_of(diverges).facts["step"] >= 1
    assert fault_of(changed) == Fault(code="dataset_damaged", facts={"dataset": "digits", "file": "dataset.json"})
    assert fault_of(torn) == Fault(code="run_damaged", facts={"run": torn.id, "file": "spec.json"})
    for run in (diverges, changed, torn):
        assert "Traceback" in run.log_tail()


def test_run_fails_with_its_reason_when_the_data_is_gone_before_the_worker_opens_it(
    workspace: Workspace, supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait
) -> None:
    run = supervisor.submit(digits_spec(), digits)
    (workspace.datasets / "digits").rename(workspace.home / "elsewhere")
    supervisor.start()
    wait_until(lambda: run.written_status().ended)
    assert run.status().state == "FAILED"
    assert fault_of(run) == Fault(code="dataset_missing", facts={"dataset": "digits"})
    assert "DatasetMissing" in run.log_tail()


def test_run_ends_with_a_reason_when_memory_runs_out(
    supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait
) -> None:
    """40 million parameters in a process that may have 300 MB more than it has now."""
    if sys.platform != "linux":
        pytest.skip("the limit of another process can be set on Linux only")
    supervisor.start()
    wait_until(lambda: supervisor._worker and supervisor._worker.has_been_ready)
    worker = psutil.Process(supervisor._worker.owner.pid)  # type: ignore[union-attr]
    limit = worker.memory_info().vms + 300_000_000
    worker.rlimit(psutil.RLIMIT_AS, (limit, limit))
    large = NetworkSpec(layers=(Rescaling(), Flatten(), Dense(units=20_000), Dense(units=2000), OUTPUT))
    run = supervisor.submit(digits_spec().model_copy(update={"model": large}), digits)
    wait_until(lambda: run.written_status().ended)
    if run.status().state == "FAILED":
        assert fault_of(run) == Fault(code="training_failed", facts={"reason": "out_of_memory"})
    else:
        assert (run.status().state, fault_of(run).code) == ("INTERRUPTED", "worker_killed")
    assert run.log_tail()
    wait_until(lambda: not worker.is_running())


def test_run_reads_interrupted_while_its_worker_is_frozen_and_is_stopped_by_force_in_the_end(
    supervisor: Supervisor, digits: Dataset, digits_spec: Spec, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = supervisor.start().submit(digits_spec(epochs=100_000), digits)
    wait_until(lambda: len(run.steps()) > 50)
    worker = worker_of(run)
    worker.suspend()
    wait_until(lambda: worker.status() == psutil.STATUS_STOPPED)
    frozen = run.written_status()
    run.write_status(frozen.update(heartbeat=time.time() - STALE_SECONDS - 1))
    assert (run.status().state, run.written_status().state) == ("INTERRUPTED", "RUNNING")
    worker.resume()
    wait_until(lambda: run.status().state == "RUNNING")
    assert supervisor.running() == run
    worker.suspend()
    monkeypatch.setattr(supervisor_module, "STOP_GRACE_SECONDS", 0.5)
    run.write_status(run.written_status().update(heartbeat=time.time()))
    supervisor.stop(run)
    wait_until(lambda: run.written_status().ended)
    assert run.written_status().state == "STOPPED"
    assert not worker.is_running()


def test_run_fails_with_the_log_when_the_worker_cannot_even_start(
    supervisor: Supervisor,
    digits: Dataset,
    digits_spec: Spec,
    wait_until: Wait,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('this installation is broken')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    run = supervisor.submit(digits_spec(), digits)
    supervisor.start()
    wait_until(lambda: run.written_status().ended)
    assert run.written_status().state == "FAILED"
    assert fault_of(run) == Fault(code="worker_died", facts={"exit_code": 1})
    assert "this installation is broken" in run.log_tail()
    assert supervisor._worker is None, "the next one is not tried at once"
