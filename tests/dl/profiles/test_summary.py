"""What is said of a column after some of its rows is within what can be, and after all of them exact."""

import numpy as np
import pyarrow as pa
import pytest

from dl.datasets.columns import Category, Number
from dl.profiles.bins import choose_bins
from dl.profiles.blocks import Block, Content
from dl.profiles.levels import Levels
from dl.profiles.profile import ColumnProfile
from dl.profiles.summary import Summary
from dl.profiles.tally import ColumnTally
from dl.profiles.targets import choose_targets

RANDOM = np.random.default_rng(0)
VALUES, WORDS = RANDOM.normal(50, 10, 4000), RANDOM.choice(["no", "yes"], 4000)
PART = 400


def summary(rows: int, of: int = 4000) -> ColumnProfile:
    """Of a number, by a target of two classes."""
    target = choose_targets(Category(name="y", field="c1", role="target"), Levels(["no", "yes"]), [])
    tally = ColumnTally(Number(name="x", field="c0"), choose_bins(VALUES[:500]), target.size, 100_000)
    for start in range(0, rows, PART):
        part = slice(start, start + PART)
        content = Content(Block(start, PART), pa.table({"c0": VALUES[part], "c1": WORDS[part].tolist()}))
        tally.add(start // PART, content, target.of(content))
    return Summary(tally, target, rows, of).column()


def test_all_is_exact_in_the_end() -> None:
    column = summary(4000)
    assert column.number and column.relation and column.distinct
    assert column.number.mean.value == pytest.approx(VALUES.mean()) and column.number.mean.is_exact
    assert column.number.standard_deviation == pytest.approx(VALUES.std(ddof=1))
    assert column.missing.is_exact and column.relation.is_exact
    assert (column.distinct.value, column.distinct.is_exact, column.known) == (4000, True, 4000)


def test_estimates_are_intervals_around_what_was_seen() -> None:
    column = summary(1200)
    assert column.number and column.relation and column.distinct
    for estimate, truth in ((column.number.mean, VALUES.mean()), (column.number.median, np.median(VALUES))):
        assert estimate.low < estimate.value < estimate.high
        assert estimate.low - 0.5 < truth < estimate.high + 0.5
    assert column.missing.value == 0 and 0 < column.missing.high < 0.01
    assert column.distinct.value == 1200 and column.distinct.high == 4000
    assert 0 <= column.relation.low <= column.relation.high <= 1


def test_counts_by_target_add_up_to_the_histogram() -> None:
    column = summary(4000)
    assert column.number
    counts = [int((name == WORDS).sum()) for name in ("no", "yes")]
    assert np.sum(column.number.histogram.counts, axis=0).tolist() == [*counts, 0, 0]
