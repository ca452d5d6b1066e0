"""What is counted adds up, whichever block comes first."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dl.datasets.columns import Category, Number
from dl.profiles.bins import choose_bins
from dl.profiles.blocks import Block, Content
from dl.profiles.levels import Levels
from dl.profiles.tally import ColumnTally
from dl.profiles.targets import Targets

RANDOM = np.random.default_rng(0)


def content(values: np.ndarray | list[str | None]) -> Content:
    hashes = pd.util.hash_array(np.array(values, dtype=object).astype(str))
    array = pa.array(values, from_pandas=True)
    return Content(Block(0, len(values)), pa.table({"c0": array, "c0_hash": hashes}))


def test_rows_are_counted_by_bin_and_by_target() -> None:
    values, target = RANDOM.normal(size=1000), RANDOM.integers(0, 3, 1000)
    values[::9] = np.nan
    bins = choose_bins(values)
    tally = ColumnTally(Number(name="x", field="c0"), bins, 3, 10_000)
    for group, part in enumerate(np.array_split(np.arange(1000), 4)):
        tally.add(group, content(values[part]), Targets(target[part], target[part] * 2.0))

    total = tally.total()
    expected = np.zeros_like(total.joint)
    np.add.at(expected, (bins.codes(values), target), 1)
    np.testing.assert_array_equal(total.joint, expected)
    assert total.target_sums.sum() == target.sum() * 2
    known = values[~np.isnan(values)]
    assert total.sums == pytest.approx([(known - tally.shift).sum(), ((known - tally.shift) ** 2).sum()])
    assert (tally.least, tally.greatest, tally.is_whole) == (known.min(), known.max(), False)
    assert tally.distinct(total) == len(known)


def test_all_but_one_group_are_what_is_left() -> None:
    tally = ColumnTally(Category(name="x", field="c0"), Levels(["a", "b"]), 1, 100)
    for group, words in enumerate((["a", "b"], ["b", None], ["c"])):
        tally.add(group, content(words), Targets(np.zeros(len(words), int)))
    total = tally.total()
    left = [part.joint[:3, 0].tolist() for part in tally.without_each(total)]
    assert total.joint[:3, 0].tolist() == [1, 2, 1] and left == [[0, 1, 1], [1, 1, 1], [1, 2, 0]]
    assert tally.distinct(total) == 3


def test_levels_without_room_are_counted_as_different_ones() -> None:
    names = [f"level {place}" for place in range(400)]
    tally = ColumnTally(Category(name="x", field="c0"), Levels(names), 1, 10_000)
    tally.add(0, content(names * 2), Targets(np.zeros(800, int)))
    assert tally.distinct(tally.total()) == 400
    assert tally.total().joint[Levels.other, 0] == 2 * (400 - 255)
