"""Only what a dead writer left is removed."""

import os
from pathlib import Path

from dl.datasets.temporary import discard, remove_leftovers, temporary_name


def test_name_is_hidden_and_new_when_asked_for_twice(tmp_path: Path) -> None:
    first, second = temporary_name(tmp_path / "mnist.npz"), temporary_name(tmp_path / "mnist.npz")
    assert first != second and first.parent == tmp_path
    assert first.name.startswith(".livefit-mnist.npz.") and first.name.endswith(f".{os.getpid()}.tmp")


def test_files_of_others_stay_when_a_dead_writers_are_removed(tmp_path: Path) -> None:
    names = [".livefit-a.ff.7.tmp", ".livefit-a.ff.17.tmp", ".other.7.tmp", "mnist.npz"]
    for name in names:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def test_nothing_happens_when_there_is_nothing(tmp_path: Path) -> None:
    remove_leftovers(tmp_path / "missing")
    discard(tmp_path / "missing")
