"""What comes from the browser is believed only when it is a cell of the matrix."""

from typing import Any

import pytest

from ui.components.confusion import _valid_cell


def test_cell_of_the_matrix_is_given_back() -> None:
    assert _valid_cell([2, 0], 3) == (2, 0)


@pytest.mark.parametrize(
    "cell", [None, [], [1], [1, 2, 3], [3, 0], [-1, 0], [0.5, 1], ["0", "1"], [True, 1], "01", {"0": 1}]
)
def test_nothing_is_chosen_when_the_browser_sends_no_cell(cell: Any) -> None:
    assert _valid_cell(cell, 3) is None
