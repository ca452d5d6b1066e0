"""A run that waits is trained in the end, whoever died on the way before it began."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import ClassVar

import psutil
import pytest

from dl.runs import Run
from dl.runs import supervisor as supervisor_module
from dl.runs.supervisor import Supervisor
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
Wait = Callable[..., None]
RESUME_AND_DIE = """\
import os, sys
from argparse import Namespace
from dl import commands
commands._train_here = lambda run, workspace: os._exit(9)
commands.resume(Namespace(id=sys.argv[1], home=None))
"""


class Taking:
    """Stands in for a worker that takes what it is given and never ends."""

    taken: ClassVar[list[Run]] = []

    def __init__(self, workspace: Workspace) -> None:
        self.run: Run | None = None
        self.pid, self.started = os.getpid(), psutil.Process().create_time()
        self.has_been_ready, self.exit_code = True, None

    def train(self, run: Run) -> None:
        self.run = run
        self.taken.append(run)

    def close(self) -> None:
        pass


@pytest.fixture
def taking(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    """Started, with a worker that takes one run."""
    monkeypatch.setattr(supervisor_module, "Worker", Taking)
    monkeypatch.setattr(supervisor_module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(Taking, "taken", [])
    return supervisor.start()


def test_living_server_takes_up_what_a_command_line_had_queued_again_and_did_not_live_to_begin(
    taking: Supervisor, fake_run: FakeRun, wait_until: Wait
) -> None:
    run = fake_run("INTERRUPTED")
    assert taking.queue() == []
    assert subprocess.run([sys.executable, "-c", RESUME_AND_DIE, run.id], check=False).returncode == 9
    wait_until(lambda: Taking.taken == [run], 10)
    assert (run.status().state, run.status().attempt) == ("RUNNING", 2)


def test_living_server_leaves_what_a_living_command_line_is_about_to_begin(
    taking: Supervisor, fake_run: FakeRun, wait_until: Wait
) -> None:
    claimed = fake_run("INTERRUPTED")
    again = claimed.written_status().again(queued_at=1.0)
    assert claimed.claim(again.attempt)
    claimed.write_status(again)
    later = fake_run("QUEUED")
    wait_until(lambda: Taking.taken, 10)
    assert Taking.taken == [later] and taking.queue() == [claimed]


def test_run_is_taken_out_of_the_queue_when_the_command_line_that_had_claimed_it_is_dead(
    supervisor: Supervisor, fake_run: FakeRun
) -> None:
    run = fake_run("QUEUED")
    (run.folder / "claim-1").write_text(f"[{os.getpid()}, 0.0]")  # a pid that was given to another process since
    supervisor.stop(run)
    assert run.status().state == "STOPPED" and run.requested_at("stop") is None
