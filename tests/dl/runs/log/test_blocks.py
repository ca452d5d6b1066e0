"""What is kept of every block of steps, also where there are no numbers."""

import numpy as np
import pytest

from dl.runs.log.blocks import BLOCK_STEPS, summarise
from dl.runs.log.schema import USUAL


def steps(loss: np.ndarray) -> np.ndarray:
    records = np.zeros(len(loss), USUAL.step)
    records["loss"], records["accuracy"] = loss, -loss
    return records


def test_block_knows_its_extremes_and_where_they_are() -> None:
    loss = np.random.default_rng(0).normal(size=3 * BLOCK_STEPS + 7).astype("f4")
    blocks = summarise(steps(loss), USUAL.block)
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
    first, second = summarise(steps(loss), USUAL.block)["loss"]
    assert first.tolist() == (1, 3, 2, 3, 200)
    assert np.isnan([second["minimum"], second["maximum"], second["mean"]]).all()


def test_shorter_blocks_can_be_made() -> None:
    (block,) = summarise(steps(np.array([2.0, 1.0, 6.0])), USUAL.block, 3)["loss"]
    assert block.tolist() == (1, 6, 3, 1, 2)
    assert len(summarise(steps(np.ones(3)), USUAL.block)) == 0
