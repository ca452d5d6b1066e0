"""Every row knows the line of the file in which it began."""

import numpy as np
import pytest

from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.lines import LineRules

NO_BREAKS = np.zeros(4, np.int64)


def test_lines_follow_each_other_when_nothing_stands_between() -> None:
    rules = LineRules(2, total=5)
    assert rules.are_plain(4, []) and rules.of(NO_BREAKS, []).tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize("breaks", [[0, 0, 0, 0], [0, 0, 0, 2]])
def test_blank_lines_and_rows_that_are_left_out_are_passed_over(breaks: list[int]) -> None:
    rules, left = LineRules(2, total=11, blank=np.array([3])), [LeftOut(5, "quotes", "", lines=2)]
    assert not rules.are_plain(4, left)
    assert rules.of(np.array(breaks), left).tolist() == [2, 4, 7, 8]


def test_row_of_several_lines_moves_those_after_it() -> None:
    assert LineRules(2, total=8).of(np.array([0, 2, 0, 1]), []).tolist() == [2, 3, 6, 7]
