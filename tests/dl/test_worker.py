"""The worker's main without a supervisor: how faults become facts, and that it never outlives who started it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from dl.errors import DownloadFailed, LivefitError, SpecError
from dl.problems import Problem
from dl.runs.status import Fault
from dl.worker import fault_of

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
