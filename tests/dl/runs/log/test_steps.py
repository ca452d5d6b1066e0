"""The two logs of a run, read while they are written and after they were torn."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from dl.runs.log.schema import BLOCK_STEPS, USUAL
from dl.runs.log.steps import StepLog, append_epoch, read_epochs, read_records, read_steps, summarise


def append(folder: Path, *losses: float, epoch: int = 1) -> None:
    with StepLog(folder) as log:
        loss = np.array(losses)
        log.append(100.0 + np.arange(len(loss)), epoch, loss, 1 - loss)


def test_steps_are_read_as_they_were_written(tmp_path: Path) -> None:
    append(tmp_path, 0.75, 0.5)
    append(tmp_path, 0.25, epoch=2)
    steps = read_steps(tmp_path)
    assert steps["loss"].tolist() == [0.75, 0.5, 0.25]
    assert steps["accuracy"].tolist() == [0.25, 0.5, 0.75]
    assert steps["epoch"].tolist() == [1, 1, 2]
    assert steps["time"].tolist() == [100.0, 101.0, 100.0]
    assert not steps.flags.writeable


def test_schema_beside_the_steps_says_how_to_read_them(tmp_path: Path) -> None:
    append(tmp_path, 0.5)
    fields = json.loads((tmp_path / "steps.json").read_bytes())["dtype"]
    assert np.dtype([tuple(field) for field in fields]) == USUAL.step


def test_steps_can_be_read_while_the_log_is_open(tmp_path: Path) -> None:
    with StepLog(tmp_path) as log:
        log.append(np.zeros(3), 1, np.ones(3), np.ones(3))
        assert len(read_steps(tmp_path)) == 3


def test_no_steps_are_read_when_the_file_is_missing_empty_or_holds_less_than_one(tmp_path: Path) -> None:
    assert len(read_steps(tmp_path)) == 0
    for content in (b"", b"x" * (USUAL.step.itemsize - 1)):
        (tmp_path / "steps.bin").write_bytes(content)
        assert read_steps(tmp_path).dtype == USUAL.step and len(read_steps(tmp_path)) == 0


def test_torn_tail_of_the_steps_is_ignored(tmp_path: Path) -> None:
    append(tmp_path, 0.75, 0.5)
    whole = (tmp_path / "steps.bin").read_bytes()
    for cut in range(1, USUAL.step.itemsize):
        (tmp_path / "steps.bin").write_bytes(whole[:-cut])
        assert read_steps(tmp_path)["loss"].tolist() == [0.75]


def test_epochs_are_read_as_they_were_written(tmp_path: Path) -> None:
    records = [{"epoch": 1, "loss": 0.5, "val_loss": float("inf")}, {"epoch": 2, "loss": 0.25}]
    for record in records:
        append_epoch(tmp_path, record)
    assert read_epochs(tmp_path) == records


def test_torn_and_foreign_lines_of_the_epochs_are_ignored(tmp_path: Path) -> None:
    assert read_epochs(tmp_path) == []
    append_epoch(tmp_path, {"epoch": 1})
    with open(tmp_path / "epochs.jsonl", "ab") as file:
        file.write(b'\n5\n[]\n"epoch"\n{"loss": 1}\n\xff\xfe\n{"epoch": 2, "loss": 0.')
    assert read_epochs(tmp_path) == [{"epoch": 1}]


def test_empty_file_of_epochs_reads_as_none(tmp_path: Path) -> None:
    (tmp_path / "epochs.jsonl").touch()
    assert read_epochs(tmp_path) == []


def test_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    loss = np.random.default_rng(0).random(1000).astype("f4")
    append(tmp_path, *loss)
    whole = [(tmp_path / name).read_bytes() for name in ("steps.bin", "blocks.bin")]
    other = tmp_path / "other"
    other.mkdir()
    for start, stop in ((0, 100), (100, 300), (300, 301), (301, 1000)):
        with StepLog(other) as log:
            assert log.recorded == start
            log.append(100.0 + np.arange(start, stop), 1, loss[start:stop], 1 - loss[start:stop])
    assert [(other / name).read_bytes() for name in ("steps.bin", "blocks.bin")] == whole
    assert len(whole[1]) == 1000 // BLOCK_STEPS * USUAL.block.itemsize


def test_torn_tail_is_dropped_when_the_log_goes_on(tmp_path: Path) -> None:
    append(tmp_path, 0.75, 0.5)
    with open(tmp_path / "steps.bin", "ab") as file:
        file.write(b"torn")
    with StepLog(tmp_path) as log:
        assert log.recorded == 2
    append(tmp_path, 0.25)
    assert read_steps(tmp_path)["loss"].tolist() == [0.75, 0.5, 0.25]


def test_epoch_after_a_torn_line_is_whole(tmp_path: Path) -> None:
    """As after a full disk."""
    append_epoch(tmp_path, {"epoch": 1})
    with open(tmp_path / "epochs.jsonl", "ab") as file:
        file.write(b'{"epoch": 2, "lo')
    append_epoch(tmp_path, {"epoch": 2})
    assert read_epochs(tmp_path) == [{"epoch": 1}, {"epoch": 2}]


def test_epoch_that_was_ended_early_and_gone_on_with_reads_as_the_whole_one(tmp_path: Path) -> None:
    """As when the worker of a run that was being stopped is killed, and the run is resumed."""
    for epoch, steps in ((1, 9), (2, 4), (2, 9), (3, 9)):
        append_epoch(tmp_path, {"epoch": epoch, "steps": steps})
    assert [(record["epoch"], record["steps"]) for record in read_epochs(tmp_path)] == [(1, 9), (2, 9), (3, 9)]


@pytest.mark.parametrize("kept", [None, 0, 1, USUAL.block.itemsize, USUAL.block.itemsize + 5])
def test_missing_blocks_are_made_up_for_when_the_log_goes_on(tmp_path: Path, kept: int | None) -> None:
    append(tmp_path, *np.arange(3 * BLOCK_STEPS + 10.0))
    whole = (tmp_path / "blocks.bin").read_bytes()
    if kept is None:
        (tmp_path / "blocks.bin").unlink()
    else:
        (tmp_path / "blocks.bin").write_bytes(whole[:kept])
    append(tmp_path, 0.5)
    assert (tmp_path / "blocks.bin").read_bytes() == whole


def test_blocks_of_lost_steps_are_dropped_when_the_log_goes_on(tmp_path: Path) -> None:
    append(tmp_path, *np.arange(3.0 * BLOCK_STEPS))
    whole = (tmp_path / "blocks.bin").read_bytes()
    os.truncate(tmp_path / "steps.bin", (BLOCK_STEPS + 3) * USUAL.step.itemsize)
    append(tmp_path, 0.5)
    assert (tmp_path / "blocks.bin").read_bytes() == whole[: USUAL.block.itemsize]


def test_records_are_read_as_far_as_they_are_there(tmp_path: Path) -> None:
    append(tmp_path, 0.75, 0.5, 0.25)
    read = [
        read_records(tmp_path / "steps.bin", USUAL.step, *ends)["loss"].tolist() for ends in ((1, 2), (2, 9), (7, 9))
    ]
    assert read == [[0.5], [0.25], []]
    assert len(read_records(tmp_path / "nothing.bin", USUAL.step, 0, 5)) == 0


def records_of(loss: np.ndarray) -> np.ndarray:
    records = np.zeros(len(loss), USUAL.step)
    records["loss"], records["accuracy"] = loss, -loss
    return records


def test_block_knows_its_extremes_and_where_they_are() -> None:
    loss = np.random.default_rng(0).normal(size=3 * BLOCK_STEPS + 7).astype("f4")
    blocks = summarise(records_of(loss), USUAL.block)
    parts = loss[:-7].reshape(3, BLOCK_STEPS)
    assert blocks.dtype == USUAL.block
    np.testing.assert_array_equal(blocks["loss"]["minimum"], parts.min(axis=1))
    np.testing.assert_array_equal(blocks["loss"]["maximum_at"], parts.argmax(axis=1))
    np.testing.assert_array_equal(blocks["accuracy"]["maximum"], -parts.min(axis=1))
    np.testing.assert_array_equal(blocks["accuracy"]["maximum_at"], parts.argmin(axis=1))
    np.testing.assert_allclose(blocks["loss"]["mean"], parts.mean(axis=1), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_as_if_not_there(nothing: float) -> None:
    loss = np.full(2 * BLOCK_STEPS, nothing, "f4")
    loss[[3, 200]] = 1, 3
    first, second = summarise(records_of(loss), USUAL.block)["loss"]
    assert first.tolist() == (1, 3, 2, 3, 200)
    assert np.isnan([second["minimum"], second["maximum"], second["mean"]]).all()


def test_shorter_blocks_can_be_made() -> None:
    (block,) = summarise(records_of(np.array([2.0, 1.0, 6.0])), USUAL.block, 3)["loss"]
    assert block.tolist() == (1, 6, 3, 1, 2)
    assert len(summarise(records_of(np.ones(3)), USUAL.block)) == 0
