import numpy as np
import pytest

from dl.preparation import Preparation, PreparedCategory, PreparedNumber, PreparedTarget
from dl.preparation.preparation import rounded, rounded_for

NUMBERS = (
    PreparedNumber(name="a", field="c0", centre=2.5, scale=0.1, edges=(-1.0, 0.0, 2.0)),
    PreparedNumber(name="a", field="c0", part="missing", edges=(0.0, 1.0)),
)
JOB = PreparedCategory(name="job", field="c1", levels=("cook", '"; DROP TABLE x; --'))
MADE = Preparation(numbers=NUMBERS, categories=(JOB,), target=PreparedTarget(name="y", field="c2", mean=10, scale=4))


def test_it_round_trips_through_json() -> None:
    assert Preparation.model_validate_json(MADE.model_dump_json()) == MADE
    assert Preparation.model_validate_json(MADE.model_dump_json()).hash == MADE.hash


def test_bins_that_a_number_does_not_have_are_never_reached() -> None:
    begins, widths = MADE.bins()
    np.testing.assert_array_equal(widths, [[1, 2], [1, 1]])
    reached = np.clip((np.float32(1.0) - begins) / widths, 0, 1)
    np.testing.assert_array_equal(reached, [[1, 0.5], [1, 0]])


def test_target_is_standardised_and_comes_back_in_its_own_unit() -> None:
    np.testing.assert_array_equal(MADE.target.standardised(np.array([10.0, 14])), np.float32([0, 1]))
    np.testing.assert_array_equal(MADE.target.in_own_unit(np.float32([0, 1])), np.float32([10, 14]))


def test_columns_that_enter_are_named_once() -> None:
    assert MADE.fields == [("c0", "number"), ("c1", "category")]


def test_numbers_are_rounded_to_nine_digits() -> None:
    assert rounded([1 / 3, 1e20, -0.1 - 1e-12]) == [0.333333333, 1e20, -0.1]


def test_a_centre_far_from_0_is_rounded_to_digits_of_the_scale() -> None:
    """As a moment of this century in milliseconds, where a column tells the second."""
    assert rounded_for(1_790_000_000_123.4567, 1000.0) == pytest.approx(1_790_000_000_123.4567, abs=1e-4)
    assert (rounded_for(1 / 3, 1.0), rounded_for(0.0, 5.0), rounded_for(-2.5, 1e300)) == (0.333333333, 0.0, -2.5)
