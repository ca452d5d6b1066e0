"""What a reader sees of a run whose worker may be dead."""

import subprocess
import sys
import time

import psutil
import pytest

from dl.runs.liveness import STALE_SECONDS, as_seen
from dl.runs.status import ENDED, State, Status

NOW = time.time()


def running(**facts: object) -> Status:
    own = psutil.Process()
    known = {"pid": own.pid, "process_started": own.create_time(), "heartbeat": NOW, "phase": "training"}
    return Status.model_validate({"state": "RUNNING", "queued_at": NOW} | known | facts)


@pytest.fixture
def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_run_is_running_when_its_process_lives_and_its_heart_beats() -> None:
    assert as_seen(running(), NOW) == running()


def test_run_reads_interrupted_when_its_process_is_dead(dead_pid: int) -> None:
    seen = as_seen(running(pid=dead_pid), NOW)
    assert (seen.state, seen.phase, seen.ended_at) == ("INTERRUPTED", "ended", NOW)
    assert seen.fault is not None and seen.fault.code == "worker_gone"


def test_run_reads_interrupted_when_its_pid_belongs_to_another_process_by_now() -> None:
    started = psutil.Process().create_time()
    assert as_seen(running(process_started=started - 3600), NOW).state == "INTERRUPTED"


def test_run_reads_interrupted_when_its_worker_is_a_zombie() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    try:
        deadline = time.monotonic() + 30
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.01)
        assert as_seen(running(pid=child.pid, process_started=None), NOW).state == "INTERRUPTED"
    finally:
        child.wait()


def test_run_reads_interrupted_when_its_heartbeat_is_stale() -> None:
    assert as_seen(running(heartbeat=NOW - STALE_SECONDS - 1), NOW).state == "INTERRUPTED"
    assert as_seen(running(heartbeat=NOW - STALE_SECONDS + 1), NOW).state == "RUNNING"


def test_run_is_running_when_it_was_only_just_handed_over() -> None:
    assert as_seen(running(pid=None, heartbeat=None), NOW).state == "RUNNING"


@pytest.mark.parametrize("state", ["QUEUED", *sorted(ENDED)])
def test_other_states_are_seen_as_they_stand_whatever_became_of_the_process(state: State, dead_pid: int) -> None:
    status = running(state=state, pid=dead_pid, heartbeat=0.0)
    assert as_seen(status, NOW) == status
    assert status.ended == (state != "QUEUED")


def test_run_of_another_machine_is_interrupted_when_its_heart_is_not_heard_any_more() -> None:
    elsewhere = running(host="another_machine", pid=999_999_999)
    assert as_seen(elsewhere, NOW).state == "RUNNING"
    assert as_seen(elsewhere, NOW + STALE_SECONDS + 1).state == "INTERRUPTED"
