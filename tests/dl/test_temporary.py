"""Only what a dead writer left is removed."""

import os
from pathlib import Path

import pytest

from dl.temporary import ABANDONED_AFTER_SECONDS, discard, sweep_temporaries, temporary, temporary_name


def left_by(path: Path, old: str, new: str) -> Path:
    """As if another process or machine had begun to write it."""
    own = temporary_name(path)
    left = own.with_name(own.name.replace(old, new))
    assert left != own
    left.touch()
    return left


def test_names_are_hidden_and_different_each_time(tmp_path: Path) -> None:
    first, second = temporary_name(tmp_path / "mnist.npz"), temporary_name(tmp_path / "mnist.npz")
    assert first != second and first.parent == tmp_path and first.name.startswith(".livefit-mnist.npz.")


def test_rest_is_removed_when_writing_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), temporary(tmp_path / "a") as folder:
        folder.mkdir()
        (folder / "b").touch()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_killed_processes_had_begun_to_write_is_swept(tmp_path: Path) -> None:
    own, dead = temporary_name(tmp_path / "a"), left_by(tmp_path / "a", f"-{os.getpid()}-", "-999999999-")
    for path in (own, tmp_path / ".notes.tmp"):
        path.touch()
    sweep_temporaries(tmp_path, tmp_path / "missing")
    assert own.exists() and (tmp_path / ".notes.tmp").exists() and not dead.exists()
    sweep_temporaries(tmp_path, own=True)
    assert not own.exists() and (tmp_path / ".notes.tmp").exists()


def test_what_another_machine_or_an_earlier_version_writes_is_swept_when_it_was_abandoned(tmp_path: Path) -> None:
    elsewhere = left_by(tmp_path / "a", f"-{os.getpid()}-", f"_elsewhere-{os.getpid()}-")
    earlier = tmp_path / f".livefit-a.zip.0a1b2c3d.{os.getpid()}.tmp"
    earlier.touch()
    sweep_temporaries(tmp_path)
    assert elsewhere.exists() and earlier.exists()
    for path in (elsewhere, earlier):
        os.utime(path, (0, path.stat().st_mtime - ABANDONED_AFTER_SECONDS - 1))
    sweep_temporaries(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_happens_when_there_is_nothing(tmp_path: Path) -> None:
    discard(tmp_path / "missing")
