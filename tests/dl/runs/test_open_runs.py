"""The runs that have not ended are found at once, whoever queued them, and cost the same however many have ended."""

import os
import shutil
import sys
import time
from collections.abc import Callable

import pytest

from dl.datasets import Dataset
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.runs.open_runs import NAMES_SECONDS
from dl.runs.status import Status
from dl.runs.transitions import transition
from dl.specs import RunSpec
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
Wait = Callable[..., None]


def calls_of(action: Callable[[], object]) -> int:
    """How many functions it calls, those of C included."""
    calls = [0]

    def count(frame: object, event: str, argument: object) -> None:
        calls[0] += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls[0]


def test_look_at_the_queue_costs_the_same_however_many_runs_have_ended(
    supervisor: Supervisor, workspace: Workspace, fake_run: FakeRun
) -> None:
    ended = Status(state="FINISHED", queued_at=1.0)
    waiting = fake_run("QUEUED")
    costs = []
    for number in range(2, 402):
        run = Run(workspace.runs / str(number))
        run.folder.mkdir()
        run.write_status(ended)
        if number in (5, 401):
            assert supervisor.queue() == [waiting]
            costs.append(calls_of(supervisor.queue))
    assert costs[1] < costs[0] + 20


@pytest.mark.parametrize("state", ["INTERRUPTED", "PAUSED"])
def test_run_waits_for_a_living_server_when_another_process_has_queued_it_again(
    state: str, supervisor: Supervisor, fake_run: FakeRun
) -> None:
    run = fake_run(state)
    assert supervisor.queue() == []
    for attempt in (2, 3):
        run.write_status(transition(run.written_status(), "resumed", time.time()))
        assert supervisor.queue() == [run] and run.written_status().attempt == attempt
        run.write_status(run.written_status().update(state=state))
        assert supervisor.queue() == []


def test_run_is_found_in_a_second_when_the_time_of_the_folder_does_not_tell_of_it(
    supervisor: Supervisor, workspace: Workspace, fake_run: FakeRun, wait_until: Wait
) -> None:
    """As when it is made in the same tick of the clock as another, or on a disk that keeps no such time."""
    first = fake_run("QUEUED")
    before = os.stat(workspace.runs)
    assert supervisor.queue() == [first]
    second = fake_run("QUEUED")
    os.utime(workspace.runs, ns=(before.st_atime_ns, before.st_mtime_ns))
    wait_until(lambda: supervisor.queue() == [first, second], 2 * NAMES_SECONDS)


def test_queue_goes_on_when_all_runs_were_removed_under_a_living_server(
    supervisor: Supervisor,
    workspace: Workspace,
    digits: Dataset,
    fake_run: FakeRun,
    digits_spec: Callable[..., RunSpec],
) -> None:
    fake_run("FINISHED")
    assert supervisor.queue() == []
    shutil.rmtree(workspace.runs)
    assert supervisor.queue() == []
    run = supervisor.submit(digits_spec(), digits)
    assert supervisor.queue() == [run]
