"""Servers of several machines, as they call themselves, with one workspace on a disk that they share."""

import subprocess
import sys
from collections.abc import Callable

from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
Wait = Callable[..., None]
RUNS = 30
SERVER = """\
import platform, sys, time
platform.node = lambda: sys.argv[1]
from dl.jobs import supervisor as module
from dl.processes import Owner
from dl.training.status_writer import StatusWriter
from dl.workspace import Workspace


class StandIn:
    def __init__(self, *_):
        self.run, self.owner, self.advanced_at = None, Owner.current(), 0.0
        self.has_been_ready, self.exit_code = True, None

    def train(self, run):
        self.run = run
        writer = StatusWriter(run)
        time.sleep(0.02)
        print(run.id, flush=True)
        writer.end("finished")
        self.exit_code = 0

    def close(self):
        pass


module.Worker, module.TICK_SECONDS = StandIn, 0.001
server = module.Supervisor(Workspace.from_environment()).start()
sys.stdin.readline()
server.close()
"""


def test_each_run_is_trained_by_one_machine_when_three_have_the_same_queue(
    workspace: Workspace, fake_run: FakeRun, wait_until: Wait
) -> None:
    runs, pipe = [fake_run("QUEUED") for _ in range(RUNS)], subprocess.PIPE
    commands = [[sys.executable, "-c", SERVER, f"machine {number}"] for number in range(3)]
    servers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for command in commands]
    try:
        wait_until(lambda: all(run.written_status().ended for run in runs), 60)
    finally:
        trained = [server.communicate("end\n", timeout=20)[0].split() for server in servers]
    assert sorted(id for ids in trained for id in ids) == sorted(run.id for run in runs)
    assert [run.written_status().attempt for run in runs] == [1] * RUNS
    assert sum(map(bool, trained)) > 1, "otherwise nothing was shown"


def test_run_of_another_machine_is_taken_up_only_when_that_is_not_heard_of_any_more(
    supervisor: Supervisor, fake_run: FakeRun
) -> None:
    run = fake_run("RUNNING", host="another_machine", pid=999_999_999)
    supervisor.resume(run)
    assert run.written_status().state == "RUNNING" and supervisor.running() == run
    run.write_status(run.written_status().update(heartbeat=1.0))
    supervisor.resume(run)
    assert (run.written_status().state, run.written_status().attempt) == ("QUEUED", 2)
