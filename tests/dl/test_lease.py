"""One process works on a folder at a time, on this machine and on others that share the disk."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dl import lease as module
from dl.lease import CONTENT, LEASE_SECONDS, Lease, held_by, take
from dl.processes import HOST, Owner

OWN = Owner.current()
DEAD = Owner(HOST, os.getpid(), 0.0)  # its pid was given to another process since
ELSEWHERE = Owner("another_machine", os.getpid(), OWN.process_started)
NOW = 1000.0
ROUNDS = 100
RACE = """\
import sys, time
from pathlib import Path
from dl.lease import take
from dl.processes import Owner
sys.stdin.readline()
won = [folder.name for folder in sorted(Path(sys.argv[1]).iterdir()) if take(folder, Owner.current(), time.time())]
print(*won, flush=True)
sys.stdin.readline()
"""


def taken(folder: Path, owner: Owner = OWN, now: float = NOW) -> Lease:
    lease = take(folder, owner, now)
    assert lease
    return lease


@pytest.fixture
def racers(tmp_path: Path) -> Iterator[list["subprocess.Popen[str]"]]:
    command, pipe = [sys.executable, "-c", RACE, str(tmp_path)], subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(3)]
    yield processes
    for process in processes:
        process.communicate("end\n", timeout=60)


@pytest.mark.parametrize("before", ["nothing", "a dead process", "an earlier version"])
def test_one_of_several_processes_gets_each_lease(
    tmp_path: Path, racers: list["subprocess.Popen[str]"], before: str
) -> None:
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        if before == "a dead process":
            taken(folder, DEAD)
        elif before == "an earlier version":
            (folder / "claim-1").write_text(f"[{os.getpid()}, 0.0]")
    for process in racers:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    won = [process.stdout.readline().split() for process in racers if process.stdout]
    assert sorted(name for names in won for name in names) == sorted(map(str, range(ROUNDS)))


def test_one_of_many_threads_gets_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda _: take(tmp_path, OWN, NOW), range(64)))
    assert len([lease for lease in got if lease]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["claim-1"]


def test_it_is_free_when_it_was_released(tmp_path: Path) -> None:
    lease = taken(tmp_path)
    assert take(tmp_path, OWN, NOW) is None and held_by(tmp_path, OWN) == lease
    lease.release()
    lease.release()
    assert held_by(tmp_path, OWN) is None
    assert taken(tmp_path).place.name == "claim-2", "numbers only grow"


def test_a_process_of_this_machine_keeps_it_while_it_lives_however_long_it_sleeps(tmp_path: Path) -> None:
    taken(tmp_path)
    assert take(tmp_path, OWN, NOW + 1e9) is None


def test_that_of_a_dead_process_of_this_machine_is_free_at_once(tmp_path: Path) -> None:
    taken(tmp_path, DEAD)
    assert taken(tmp_path).owner == OWN


def test_that_of_another_machine_is_free_when_it_has_run_out(tmp_path: Path) -> None:
    lease = taken(tmp_path, ELSEWHERE)
    assert take(tmp_path, OWN, NOW + LEASE_SECONDS - 1) is None
    assert lease.renew(NOW + 50)
    assert take(tmp_path, OWN, NOW + LEASE_SECONDS + 1) is None
    assert taken(tmp_path, now=NOW + LEASE_SECONDS + 51).owner == OWN
    assert not lease.renew(NOW + LEASE_SECONDS + 52), "whoever wakes up later finds out"


def test_who_was_late_has_not_got_it_back_when_the_next_one_is_done(tmp_path: Path) -> None:
    late = taken(tmp_path, ELSEWHERE)
    taken(tmp_path, now=NOW + 100).release()
    assert not late.renew(NOW + 101)


def test_neither_is_right_when_it_is_renewed_while_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late, appear = taken(tmp_path, ELSEWHERE), Lease.appear

    def appear_late(lease: Lease, now: float) -> bool:
        assert late.renew(now)
        return appear(lease, now)

    monkeypatch.setattr(Lease, "appear", appear_late)
    assert take(tmp_path, OWN, NOW + 100) is None
    assert not late.renew(NOW + 101)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[1, 2, 3]", b'{"pid": 1}', b"\x00\xff"])
def test_it_is_free_when_its_file_is_torn(tmp_path: Path, content: bytes) -> None:
    (taken(tmp_path).place / CONTENT).write_bytes(content)
    assert taken(tmp_path).place.name == "claim-2"


def test_claim_of_an_earlier_version_holds_while_its_process_lives(tmp_path: Path) -> None:
    (tmp_path / "claim-3").write_text(json.dumps([OWN.pid, OWN.process_started]))
    assert take(tmp_path, OWN, NOW) is None
    (tmp_path / "claim-3").write_text("")
    assert taken(tmp_path).place.name == "claim-4"


def test_nothing_is_left_and_the_reason_is_told_when_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module.os, "rename", refuse)
    with pytest.raises(OSError, match="space"):
        take(tmp_path, OWN, NOW)
    assert list(tmp_path.iterdir()) == []
