"""Runs on a disk that is really full, a small file system of our own."""

import contextlib
import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dl.datasets import Dataset
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.runs.log.schema import BLOCK_STEPS, USUAL
from dl.runs.log.steps import StepLog, read_steps
from dl.runs.status import Fault
from dl.training.status_writer import StatusWriter
from dl.workspace import Workspace
from tests.faults.lasting import assert_identical, assert_nothing_torn, lasting_spec, promptly, recorded, use_xla

BYTES = 8_000_000


@pytest.fixture
def small_disk(workspace: Workspace) -> Iterator[Path]:
    """The folder of the runs, on a file system of its own."""
    if sys.platform != "linux":
        pytest.skip("a file system in memory can be mounted on Linux only")
    workspace.runs.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={BYTES}", "tmpfs", workspace.runs], check=False)
    if mounted.returncode:
        pytest.skip("mounting a file system needs the rights of root")
    yield workspace.runs
    subprocess.run(["umount", "--lazy", workspace.runs], check=True)


def fill(disk: Path) -> Path:
    """The file that takes all that is left."""
    ballast = disk / "ballast"
    with open(ballast, "ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (65_536, 4096):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)):
                    pass
    return ballast


def is_full(disk: Path) -> bool:
    try:
        (disk / "try").write_bytes(b"1")
    except OSError as error:
        return error.errno == errno.ENOSPC
    finally:
        (disk / "try").unlink(missing_ok=True)
    return False


@pytest.mark.slow
def test_run_waits_while_the_disk_is_full_is_interrupted_when_it_fills_up_and_ends_bit_for_bit_the_same(
    small_disk: Path, supervisor: Supervisor, digits: Dataset, uninterrupted: Run, caplog: pytest.LogCaptureFixture
) -> None:
    run = use_xla(supervisor.submit(lasting_spec(digits), digits))
    ballast = fill(small_disk)
    supervisor.start()
    promptly(lambda: "No space left" in caplog.text)
    assert is_full(small_disk) and run.status().state == "QUEUED"
    ballast.unlink()
    promptly(lambda: len(run.steps()) > 2000)
    ballast = fill(small_disk)
    promptly(lambda: run.written_status().ended)
    before = recorded(run)
    assert (run.written_status().state, run.written_status().fault) == ("INTERRUPTED", Fault(code="disk_full"))
    assert recorded(uninterrupted).startswith(before) and len(before) > 2000
    ballast.unlink()
    supervisor.resume(run)
    promptly(lambda: run.written_status().ended)
    assert_nothing_torn(run)
    assert_identical(run, uninterrupted)


def test_steps_are_whole_records_when_the_disk_took_only_a_part(small_disk: Path) -> None:
    """The kernel writes what fits and reports no error; so few steps that no other file is written after them."""
    steps = np.arange(BLOCK_STEPS - 11)
    log = StepLog(small_disk)
    log.append(steps[:10], 1, steps[:10], steps[:10])
    ballast = fill(small_disk)
    with pytest.raises(OSError, match="space"), log:
        log.append(steps, 1, steps, steps)
    size = (small_disk / "steps.bin").stat().st_size
    assert size > 10 * USUAL.step.itemsize and size % USUAL.step.itemsize, "a part of it is there, and torn"
    ballast.unlink()
    with StepLog(small_disk) as log:
        assert log.recorded == size // USUAL.step.itemsize
        log.append(steps[:10], 2, steps[:10], steps[:10])
    assert (read_steps(small_disk)["loss"] == [*range(10), *range(log.recorded - 10), *range(10)]).all()
    assert read_steps(small_disk)["epoch"].tolist() == [1] * log.recorded + [2] * 10


def test_last_word_is_written_on_a_disk_without_a_free_byte(
    small_disk: Path, workspace: Workspace, supervisor: Supervisor, digits: Dataset
) -> None:
    """In the space that was held back for it."""
    run = supervisor.submit(lasting_spec(digits), digits)
    writer = StatusWriter(run)
    fill(small_disk)
    assert is_full(small_disk)
    with pytest.raises(OSError, match="space"):
        writer.update(phase="training")
    assert run.written_status().phase == "starting", "the old word is still whole"
    writer.end("interrupted", Fault(code="disk_full"))
    assert (run.written_status().state, run.written_status().fault) == ("INTERRUPTED", Fault(code="disk_full"))


def test_run_can_be_claimed_later_when_the_disk_was_too_full_to_claim_it(
    small_disk: Path, supervisor: Supervisor, digits: Dataset
) -> None:
    run = supervisor.submit(lasting_spec(digits), digits)
    ballast = fill(small_disk)
    with pytest.raises(OSError, match="space"):
        run.claim()
    ballast.unlink()
    assert run.claim() and not run.claim()
