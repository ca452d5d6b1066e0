"""A process is known by its number, its start and its machine; one that leaves is gone at once."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dl.processes import HOST, Owner

ROOT = Path(__file__).resolve().parents[2]
LEAVE = """import atexit, sys, threading
from dl.processes import leave
threading.Thread(target=threading.Event().wait).start()
atexit.register(print, "taken apart")
print("last words", end="")
print("and faults", end="", file=sys.stderr)
leave(7)
"""

STEP_BACK = """import os
from pathlib import Path
from dl.processes import step_back
step_back(3)
group = Path("/proc/self/autogroup")
said = group.read_text().split() if group.exists() else []  # nothing, where Linux does not share by sessions
print(os.nice(0), *(said[-1:] or ["none"]))
"""


@pytest.mark.skipif(os.name == "nt", reason="niceness is that of POSIX")
def test_process_steps_back_and_its_session_where_it_leads_one() -> None:
    command = [sys.executable, "-c", STEP_BACK]
    own, others = (
        subprocess.run(command, cwd=ROOT, start_new_session=leads, capture_output=True, text=True, check=True)
        for leads in (True, False)
    )
    (niceness, session), (same_niceness, other_session) = own.stdout.split(), others.stdout.split()
    assert niceness == same_niceness == str(os.nice(0) + 3)
    assert session in ("3", "none") and other_session != "3"


def test_own_process_lives_and_one_whose_number_it_has_does_not() -> None:
    own = Owner.current()
    assert (own.pid, own.process_started) == (os.getpid(), psutil.Process().create_time())
    assert own.lives and own.is_here
    assert not Owner(HOST, own.pid, own.process_started + 100).lives


def test_child_is_dead_when_it_has_ended_and_nobody_has_asked_for_its_exit_code() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = Owner.of(child.pid)
    assert owner.lives
    child.kill()
    psutil.wait_procs([psutil.Process(child.pid)], timeout=0.5)
    assert not owner.lives
    child.communicate()


def test_process_of_another_machine_is_taken_to_live() -> None:
    assert Owner("another_machine", os.getpid(), 0.0).lives and not Owner(HOST, os.getpid(), 0.0).lives


def test_same_process_is_recognised_though_its_start_is_told_a_little_differently() -> None:
    own = Owner.current()
    assert own.is_same(Owner(own.host, own.pid, own.process_started + 1))
    assert not own.is_same(Owner(own.host, own.pid, own.process_started + 10))
    assert not own.is_same(Owner("another_machine", own.pid, own.process_started))


def test_process_says_its_last_words_and_waits_for_nothing() -> None:
    """Neither for a thread that would never end nor for what is done at the end of a program."""
    done = subprocess.run([sys.executable, "-c", LEAVE], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (7, "last words", "and faults")
