"""A process is known by its number, its start and its machine."""

import os
import subprocess
import sys

import psutil

from dl.processes import Owner, is_alive


def test_own_process_lives_and_one_whose_number_it_has_does_not() -> None:
    own = Owner.current()
    assert (own.pid, own.process_started) == (os.getpid(), psutil.Process().create_time())
    assert own.lives and own.is_here
    assert not is_alive(own.pid, own.process_started + 100)


def test_child_is_dead_when_it_has_ended_and_nobody_has_asked_for_its_exit_code() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = Owner.of(child.pid)
    assert owner.lives
    child.kill()
    psutil.wait_procs([psutil.Process(child.pid)], timeout=0.5)
    assert not owner.lives
    child.communicate()


def test_process_of_another_machine_is_taken_to_live() -> None:
    assert is_alive(os.getpid(), 0.0, "another_machine") and not is_alive(os.getpid(), 0.0)


def test_same_process_is_recognised_though_its_start_is_told_a_little_differently() -> None:
    own = Owner.current()
    assert own.is_same(Owner(own.host, own.pid, own.process_started + 1))
    assert not own.is_same(Owner(own.host, own.pid, own.process_started + 10))
    assert not own.is_same(Owner("another_machine", own.pid, own.process_started))
