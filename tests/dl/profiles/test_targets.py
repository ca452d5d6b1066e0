"""The target's codes are few, ascending and about equally frequent."""

import numpy as np
import pyarrow as pa

from dl.datasets.columns import Category, Number
from dl.profiles.bins import choose_bins
from dl.profiles.blocks import Block, Content
from dl.profiles.levels import Levels
from dl.profiles.targets import CLASSES, RANGES, choose_targets, equal_groups


def content(values: list) -> Content:
    return Content(Block(0, len(values)), pa.table({"c0": values}))


def test_ranges_of_a_number_ascend_and_missing_comes_last() -> None:
    values = np.random.default_rng(0).exponential(size=4000)
    first = content(values.tolist())
    targets = choose_targets(Number(name="y", field="c0", role="target"), choose_bins(values), [first])
    codes = targets.of(first).codes
    assert targets.size == RANGES + 1
    assert (np.diff(codes[np.argsort(values)]) >= 0).all()
    assert np.bincount(codes).min() > 100
    found = targets.of(content([None, 0.0]))
    assert found.codes.tolist() == [RANGES, 0] and found.values is not None and found.values.tolist() == [0, 0]


def test_levels_keep_their_order_and_further_ones_share_a_code() -> None:
    names = [f"level {place}" for place in range(CLASSES + 3)]
    targets = choose_targets(Category(name="y", field="c0", role="target"), Levels(names), [])
    codes = targets.of(content(["level 2", None, names[-1], names[-2]])).codes
    assert codes.tolist() == [2, CLASSES + 1, CLASSES, CLASSES] and targets.missing == CLASSES + 1


def test_bins_are_put_together_until_they_are_about_equal() -> None:
    assert equal_groups(np.array([5, 5, 5, 5]), 2).tolist() == [0, 0, 1, 1]
    assert equal_groups(np.array([100, 1, 1, 100]), 10).max() < 4
    assert equal_groups(np.array([0, 0]), 3).tolist() == [0, 0]
