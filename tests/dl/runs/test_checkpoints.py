"""Checkpoints on disk: whole or refused, thinned without losing what matters."""

from pathlib import Path

import numpy as np
import pytest

from dl.errors import RunDamaged
from dl.runs.checkpoints import KEPT, Checkpoint, Checkpoints, Snapshot

SNAPSHOT = Snapshot({"model/0": np.arange(6, dtype=np.float32), "best/0": np.array(7)}, {"position": {"step": 3}})


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    (tmp_path / "1").mkdir()
    return Checkpoints(tmp_path / "1")


def write(checkpoints: Checkpoints, *epochs: int) -> list[Checkpoint]:
    return [checkpoints.write(SNAPSHOT, 10 * epoch, epoch, within=False) for epoch in epochs]


def test_snapshot_comes_back_as_it_was(checkpoints: Checkpoints) -> None:
    point = checkpoints.write(SNAPSHOT, step=25, epoch=2, within=True)
    assert (point.step, point.epoch, point.within) == (25, 2, True) and checkpoints.list() == [point]
    read = point.read()
    assert read.facts == SNAPSHOT.facts and list(read.arrays) == list(SNAPSHOT.arrays)
    for name, array in SNAPSHOT.arrays.items():
        assert read.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(read.arrays[name], array)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_torn_file_is_refused(checkpoints: Checkpoints, share: float) -> None:
    (point,) = write(checkpoints, 1)
    content = point.path.read_bytes()
    point.path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(RunDamaged) as error:
        point.read()
    assert error.value.facts == {"run": "1", "file": f"checkpoints/{point.path.name}"}


def test_bit_that_flipped_is_found(checkpoints: Checkpoints) -> None:
    (point,) = write(checkpoints, 1)
    content = bytearray(point.path.read_bytes())
    content[content.index(SNAPSHOT.arrays["model/0"].tobytes()) + 1] ^= 1
    point.path.write_bytes(content)
    with pytest.raises(RunDamaged):
        point.read()


def test_other_files_in_the_folder_are_not_taken_for_checkpoints(checkpoints: Checkpoints) -> None:
    points = write(checkpoints, 3, 1, 2)
    (points[0].path.parent / f".{points[0].path.name}.1.tmp").write_bytes(b"")
    (points[0].path.parent / "step-1-epoch-1.npz").write_bytes(b"")
    assert [point.epoch for point in checkpoints.list()] == [1, 2, 3]
    found = checkpoints.at_epoch(2)
    assert found is not None and found.step == 20 and checkpoints.at_epoch(4) is None


def test_thinning_keeps_a_dozen_evenly_with_the_first_the_last_and_the_best(checkpoints: Checkpoints) -> None:
    best = {7, 8}
    for epoch in range(1, 101):
        write(checkpoints, epoch)
        checkpoints.thin(best)
    kept = [point.epoch for point in checkpoints.list()]
    assert len(kept) == KEPT and {1, 100} | best <= set(kept)
    gaps = np.diff([epoch for epoch in kept if epoch not in best])
    assert gaps.max() <= 3 * 100 / KEPT


def test_thinning_drops_what_lies_within_an_epoch_once_a_later_one_is_there(checkpoints: Checkpoints) -> None:
    write(checkpoints, 1)
    checkpoints.write(SNAPSHOT, 15, 1, within=True)
    checkpoints.thin(())
    assert [point.step for point in checkpoints.list()] == [10, 15], "the last one is never dropped"
    write(checkpoints, 2)
    checkpoints.thin(())
    assert [point.step for point in checkpoints.list()] == [10, 20]


def test_adopted_checkpoint_stays_when_its_run_is_removed(checkpoints: Checkpoints, tmp_path: Path) -> None:
    (origin,) = write(checkpoints, 4)
    (tmp_path / "2").mkdir()
    fork = Checkpoints(tmp_path / "2")
    fork.adopt(origin, origin.content())
    origin.path.unlink()
    (adopted,) = fork.list()
    with pytest.raises(RunDamaged):
        origin.content()
    assert (adopted.step, adopted.epoch) == (40, 4) and adopted.read().facts == SNAPSHOT.facts
