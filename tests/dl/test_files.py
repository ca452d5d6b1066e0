"""A reader never sees half a file, and only what a dead writer left is removed."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dl.files import (
    ABANDONED_AFTER_SECONDS,
    discard,
    held,
    sweep_temporaries,
    temporary,
    temporary_name,
    write_atomically,
    write_json,
)


def test_new_content_replaces_the_old_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"old")
    write_json(tmp_path / "a", {"digit": "三"})
    assert json.loads((tmp_path / "a").read_bytes()) == {"digit": "三"}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_reader_sees_one_whole_content_while_a_writer_writes(tmp_path: Path) -> None:
    contents = [letter * 100_000 for letter in (b"a", b"b")]
    write_atomically(tmp_path / "a", contents[0])
    writer = threading.Thread(target=lambda: [write_atomically(tmp_path / "a", contents[n % 2]) for n in range(300)])
    writer.start()
    seen = set()
    while writer.is_alive():
        seen.add((tmp_path / "a").read_bytes())
    assert seen <= set(contents)


def test_two_threads_write_the_same_file_without_harm(tmp_path: Path) -> None:
    contents = [letter * 1000 for letter in (b"a", b"b")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda n: write_atomically(tmp_path / "a", contents[n % 2]), range(1000)))
    assert (tmp_path / "a").read_bytes() in contents


def test_old_content_and_no_rest_are_left_when_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


HOLD = """\
import sys
from pathlib import Path
from dl.files import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_file_is_held_by_one_at_a_time_and_let_go_when_its_holder_is_killed(tmp_path: Path) -> None:
    path, got = tmp_path / "counter", threading.Event()

    def hold() -> None:
        with held(path) as file:
            file.write(b"1")
            got.set()

    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        waiting = threading.Thread(target=hold)
        waiting.start()
        assert not got.wait(0.3)
        other.kill()
        assert got.wait(10)
    waiting.join()
    assert path.read_bytes() == b"1"


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
