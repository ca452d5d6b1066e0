"""Folders are put aside, come back whole, and are removed when they have lain there long."""

import os
import time
from pathlib import Path

import pytest

from dl.aside import DAY, KEPT_DAYS, Aside


@pytest.fixture
def aside(tmp_path: Path) -> Aside:
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "content").write_text(name)
    return Aside(tmp_path, tmp_path / ".aside")


def test_what_was_put_aside_comes_back_as_it_was_and_once(aside: Aside, tmp_path: Path) -> None:
    before = time.time()
    aside.put("1")
    assert not (tmp_path / "1").exists() and aside.put_at("1") >= before - 1 and aside.put_at("2") == 0.0
    aside.back("1")
    assert (tmp_path / "1" / "content").read_text() == "1"
    for action in (aside.back, aside.put):
        with pytest.raises(FileNotFoundError):
            action("1" if action == aside.back else "9")


@pytest.mark.parametrize(("seconds", "stays"), [(-60, True), (60, False)])
def test_it_is_removed_for_good_after_a_week(seconds: int, stays: bool, aside: Aside) -> None:
    aside.sweep()  # where nothing lies yet
    aside.put("1")
    moment = time.time() - KEPT_DAYS * DAY - seconds
    os.utime(aside.place / "1", (moment, moment))
    aside.sweep()
    assert (aside.place / "1").exists() == stays
