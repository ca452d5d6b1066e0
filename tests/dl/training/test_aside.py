"""Work aside: its result or its fault comes back, unless somebody is in a hurry."""

import threading
import time

import pytest

from dl.training.aside import Abandoned, aside, wait_for


def test_work_is_done_aside_and_its_fault_is_kept_for_whoever_asks() -> None:
    assert aside(threading.get_ident).result(10) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 / 0).result(10)


def test_waiting_ends_with_the_work_or_with_its_fault() -> None:
    done: list[int] = []
    wait_for(lambda: (time.sleep(0.05), done.append(1)), lambda: False)
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        wait_for(lambda: 1 / 0, lambda: False)


def test_work_is_left_to_itself_as_soon_as_somebody_is_in_a_hurry() -> None:
    go_on, done, asked = threading.Event(), threading.Event(), iter([False, False, True])
    with pytest.raises(Abandoned):
        wait_for(lambda: go_on.wait(10) and done.set(), lambda: next(asked))
    assert not done.is_set()
    go_on.set()
    assert done.wait(10)
