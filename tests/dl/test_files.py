"""A reader never sees half a file."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dl.files import held, write_atomically, write_json


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
