import numpy as np

from dl.preparation.bins import bin_edges


def test_few_different_values_are_the_edges_themselves() -> None:
    np.testing.assert_array_equal(bin_edges(np.array([3.0, 1, 2, 2, 1]), 8), [1, 2, 3])


def test_edges_ascend_reach_from_end_to_end_and_are_no_more_than_wanted() -> None:
    values = np.random.default_rng(0).normal(size=5000)
    for bins in (2, 3, 16, 127):
        edges = bin_edges(values, bins)
        assert (np.diff(edges) > 0).all() and 2 <= len(edges) <= bins + 1
        assert (edges[0], edges[-1]) == (values.min(), values.max())


def test_what_lies_beside_a_value_that_most_rows_have_is_seen() -> None:
    """As a gain of capital: none for nine rows in ten."""
    values = np.concatenate([np.zeros(9000), np.random.default_rng(0).lognormal(8, 1, 1000)])
    assert len(bin_edges(values, 64)) > 35
