"""Test rows are drawn as a script can draw them too."""

import numpy as np
import pandas as pd

from dl.datasets.tables.splits import below, draw, find_repeats, smallest, stratified, whole_groups

NONE = (np.empty(0, np.int64), np.empty(0, np.int64))


def test_rows_that_are_the_same_get_the_number_of_the_first() -> None:
    repeats = find_repeats(np.array([7, 1, 7, 2, 1, 7], np.uint64))
    assert [part.tolist() for part in repeats] == [[0, 1, 2, 4, 5], [0, 1, 0, 1, 0]]
    drawn = draw(6, 0, repeats)
    assert drawn[0] == drawn[2] == drawn[5] and drawn[1] == drawn[4] and len(set(drawn)) == 3


def test_share_is_the_one_that_pandas_ranks_give() -> None:
    drawn, levels = draw(1000, 3, NONE), np.arange(1000, dtype=np.uint64) % 7
    ranked = pd.Series(drawn).rank(method="max", pct=True) <= 0.2
    np.testing.assert_array_equal(smallest(drawn, 0.2), ranked)
    within = pd.Series(drawn).groupby(levels).rank(method="max", pct=True) <= 0.2
    np.testing.assert_array_equal(stratified(drawn, levels, 0.2), within)


def test_many_rows_are_drawn_in_blocks_from_the_same_numbers() -> None:
    np.testing.assert_array_equal(below(1000, 5, NONE, 0.3, block=64), draw(1000, 5, NONE) < 0.3)


def test_groups_are_chosen_until_there_are_enough_rows_but_never_all() -> None:
    sizes = np.array([10, 20, 30, 40])
    chosen = whole_groups(sizes, 0.5, 0)
    assert 50 <= sizes[chosen].sum() < 100
    assert whole_groups(sizes, 0.999, 0).sum() == 3
