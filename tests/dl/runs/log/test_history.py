"""What is drawn of a run's steps: the same silhouette as of all of them, from a small part of the file."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from dl.runs.log.history import Points, count_steps, decimate, memory, read_range, read_smoothed, smoothed
from dl.runs.log.schema import BLOCK_STEPS, USUAL
from dl.runs.log.steps import StepLog

MILLION = 1_000_000


def losses(steps: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (3 / (1 + np.arange(steps) / 1000) + random.normal(0, 0.3, steps)).astype("f4")


def write(folder: Path, loss: np.ndarray) -> Path:
    folder.mkdir(exist_ok=True)
    with StepLog(folder) as log:
        for start in range(0, len(loss), MILLION):
            part = loss[start : start + MILLION]
            log.append(np.zeros(len(part)), 1, part, 1 - part)
    return folder


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of ten million steps; the last block is not whole."""
    return write(tmp_path_factory.mktemp("long"), losses(10 * MILLION))


def assert_same_silhouette(points: Points, loss: np.ndarray, first: int, last: int, columns: int) -> None:
    """Every point is a step, and between any two ends of blocks a column apart the extremes are those of all steps."""
    assert len(points.step) <= 2 * columns and (np.diff(points.step) > 0).all()
    assert (points.step[0], points.step[-1]) == (first, last)
    np.testing.assert_array_equal(points.value, loss[points.step - 1])
    first_block = (first - 1) // BLOCK_STEPS
    size = -(-(-(-last // BLOCK_STEPS) - first_block) // (columns - 1))
    for block in range(first_block, -(-last // BLOCK_STEPS), size):
        start, stop = max(first - 1, block * BLOCK_STEPS), min(last, (block + size) * BLOCK_STEPS)
        inside = points.value[(points.step > start) & (points.step <= stop)]
        assert (inside.min(), inside.max()) == (loss[start:stop].min(), loss[start:stop].max())


@pytest.mark.parametrize("ends", [(1, 10 * MILLION), (2_345_678, 7_654_321), (4_000_001, 4_200_000)])
def test_every_column_of_a_long_range_has_its_exact_extremes(long: Path, ends: tuple[int, int]) -> None:
    assert_same_silhouette(read_range(long, "loss", *ends, 300), losses(10 * MILLION), *ends, 300)


def test_few_steps_are_read_one_by_one(long: Path) -> None:
    loss = losses(10 * MILLION)
    points = read_range(long, "loss", 5_000_001, 5_001_000, 600)
    assert points.step.tolist() == list(range(5_000_001, 5_001_001))
    np.testing.assert_array_equal(points.value, loss[5_000_000:5_001_000])
    points = read_range(long, "loss", 1, 100_000, 600)
    step, value = decimate(np.arange(1, 100_001), loss[:100_000], 600)
    np.testing.assert_array_equal(points.step, step)
    np.testing.assert_array_equal(points.value, value)


def test_memory_stays_small_when_all_of_ten_million_steps_is_read(long: Path) -> None:
    tracemalloc.start()
    try:
        read_range(long, "loss", 1, 10 * MILLION, 600)
        read_smoothed(long, "loss", 1, 10 * MILLION, 600, 0.9)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_whole_range_is_read_from_the_blocks_alone(tmp_path: Path) -> None:
    folder = write(tmp_path, losses(MILLION + 100))
    before = read_range(folder, "accuracy", 1, MILLION + 100, 300), read_smoothed(folder, "loss", 1, MILLION, 300, 0.9)
    with open(folder / "steps.bin", "r+b") as file:
        file.seek(BLOCK_STEPS * USUAL.step.itemsize)
        file.write(bytes((MILLION - 1000) // BLOCK_STEPS * BLOCK_STEPS * USUAL.step.itemsize - file.tell()))
    after = read_range(folder, "accuracy", 1, MILLION + 100, 300), read_smoothed(folder, "loss", 1, MILLION, 300, 0.9)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.step, other.step)
        np.testing.assert_array_equal(one.value, other.value)


@pytest.mark.parametrize("kept", [0, 1000, None])
def test_blocks_that_are_missing_are_made_from_the_steps(tmp_path: Path, kept: int | None) -> None:
    loss = losses(MILLION + 100)
    folder = write(tmp_path, loss)
    if kept is None:
        (folder / "blocks.bin").unlink()
    else:
        os.truncate(folder / "blocks.bin", kept)
    assert_same_silhouette(read_range(folder, "loss", 1, MILLION + 100, 300), loss, 1, MILLION + 100, 300)


def test_gaps_stay_gaps_and_a_number_among_them_is_found(tmp_path: Path) -> None:
    loss = np.full(400_000, np.nan, "f4")
    loss[123_456] = 1.0
    loss[200_000:] = np.inf
    points = read_range(write(tmp_path, loss), "loss", 1, 400_000, 300)
    assert points.step[np.isfinite(points.value)].tolist() == [123_457]
    assert np.isnan(read_smoothed(tmp_path, "loss", 1, 400_000, 300, 0.9).value).any()


@pytest.mark.parametrize("first", [1, 400, 5000, 4_999_999])
@pytest.mark.parametrize("smoothing", [0.5, 0.9, 0.99])
def test_smoothed_line_does_not_depend_on_where_the_range_begins(long: Path, first: int, smoothing: float) -> None:
    loss = losses(10 * MILLION)[max(0, first - 5000) : first + 499]
    expected = smoothed(loss, smoothing)[-500:]
    found = read_smoothed(long, "loss", first, first + 499, 600, smoothing)
    assert (found.step[0], found.step[-1]) == (first, first + 499)
    np.testing.assert_allclose(found.value, expected, atol=5e-3)


def test_smoothed_line_of_many_steps_follows_their_means(long: Path) -> None:
    loss, ends = losses(10 * MILLION), (1_234_567, 9_000_000)
    line = read_smoothed(long, "loss", *ends, 600, 0.99)
    assert len(line.step) <= 1200 and (np.diff(line.step) > 0).all()
    assert (line.step[0], line.step[-1]) == ends
    for step, value in zip(line.step[::100], line.value[::100], strict=True):
        assert value == pytest.approx(loss[step - 2000 : step].mean(), abs=0.1)
    exact = smoothed(loss[ends[1] - 5000 : ends[1]], 0.99)[-1]
    assert line.value[-1] == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("ends", [(1, 0), (1, 5), (5, 9), (-3, 0), (7, 3)])
def test_no_more_is_read_than_is_there(tmp_path: Path, ends: tuple[int, int]) -> None:
    for steps in (0, 3):
        folder = write(tmp_path / str(steps), np.ones(steps, "f4"))
        there = [step for step in range(ends[0], ends[1] + 1) if 1 <= step <= steps]
        assert count_steps(folder) == steps
        assert read_range(folder, "loss", *ends, 600).step.tolist() == there
        assert read_smoothed(folder, "loss", *ends, 600, 0.9).step.tolist() == there


def test_short_lines_are_left_alone() -> None:
    x, y = np.arange(2000), np.random.default_rng(0).random(2000)
    kept_x, kept_y = decimate(x, y, 1000)
    assert kept_x is x and kept_y is y


@pytest.mark.parametrize("rows", [2001, 2999, 10_000, 1_000_003])
def test_no_more_than_two_points_a_column_are_kept(rows: int) -> None:
    x, y = np.arange(rows), np.random.default_rng(0).random(rows).astype("f4")
    kept_x, kept_y = decimate(x, y, 1000)
    assert len(kept_x) == len(kept_y) <= 2000
    assert np.all(np.diff(kept_x) > 0)
    assert (kept_x[0], kept_x[-1]) == (0, rows - 1)
    np.testing.assert_array_equal(kept_y, y[kept_x])
    assert kept_y.dtype == np.float32


def test_a_single_spike_is_never_lost() -> None:
    y = np.zeros(100_000)
    y[[123, 77_777]] = 5, -3
    _, kept = decimate(np.arange(100_000), y, 100)
    assert (kept.max(), kept.min()) == (5, -3)


def test_numbers_are_found_among_missing_ones() -> None:
    y = np.full(10_000, np.nan)
    y[5005], y[5006] = 1.0, np.inf
    kept_x, kept_y = decimate(np.arange(10_000), y, 100)
    assert kept_x[kept_y == 1.0].tolist() == [5005]
    assert np.isnan(kept_y[0]) and np.isnan(kept_y[-1])


def test_silhouette_of_every_column_is_kept() -> None:
    y = np.random.default_rng(1).normal(size=50_000)
    kept_x, kept_y = decimate(np.arange(50_000), y, 500)
    size = -(-49_998 // 499)
    for start in range(1, 49_998, size):
        part = y[start : min(start + size, 49_999)]
        inside = kept_y[(kept_x >= start) & (kept_x < start + len(part))]
        assert (inside.min(), inside.max()) == (part.min(), part.max())


def by_definition(y: np.ndarray, smoothing: float) -> np.ndarray:
    total, weight, mean = 0.0, 0.0, []
    for value in y:
        total, weight = smoothing * total + value, smoothing * weight + 1
        mean.append(total / weight)
    return np.array(mean)


def test_smoothing_is_corrected_for_its_empty_start_and_leaves_gaps() -> None:
    values = np.array([1.0, 3.0, np.nan, 5.0, np.inf])
    expected = [1.0, (0.9 * 1 + 3) / 1.9, np.nan, (0.81 * 1 + 0.9 * 3 + 5) / 2.71, np.nan]
    np.testing.assert_allclose(smoothed(values, 0.9), expected, rtol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 0.9, 0.99, 0.99**256, 0.5**256])
def test_smoothing_is_exact_however_long_the_line(smoothing: float) -> None:
    y = np.random.default_rng(0).normal(5, 1, 5000)
    np.testing.assert_allclose(smoothed(y, smoothing), by_definition(y, smoothing), rtol=1e-6)


def test_nothing_is_smoothed_where_there_is_nothing() -> None:
    assert smoothed(np.array([]), 0.9).tolist() == []
    assert np.isnan(smoothed(np.full(3, np.nan), 0.9)).all()


def test_memory_is_as_long_as_a_value_has_weight() -> None:
    assert memory(0.0) == 0
    assert 0.9 ** memory(0.9) <= 1e-3 < 0.9 ** (memory(0.9) - 1)
