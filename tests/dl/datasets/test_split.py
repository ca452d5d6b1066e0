"""The held-out rows are a share, chosen by the seed alone."""

import numpy as np

from dl.datasets import split


def test_rows_are_parted_when_a_tenth_is_held_out() -> None:
    training, validation = split(4000, 0.1, seed=7)
    assert (len(training), len(validation)) == (3600, 400)
    assert sorted([*training, *validation]) == list(range(4000))


def test_rows_are_the_first_of_a_seeded_permutation_when_held_out() -> None:
    order = np.random.default_rng(7).permutation(100)
    training, validation = split(100, 0.25, seed=7)
    np.testing.assert_array_equal(validation, order[:25])
    np.testing.assert_array_equal(training, order[25:])
    assert not np.array_equal(validation, split(100, 0.25, seed=8)[1])


def test_nothing_is_held_out_when_the_share_is_zero() -> None:
    training, validation = split(10, 0.0, seed=0)
    assert len(training) == 10 and len(validation) == 0
