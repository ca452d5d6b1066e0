"""Residuals and densities hold every row once."""

import numpy as np
import pytest
from scipy.stats import t

from dl.evaluation.residuals import density, residuals_by

RANDOM = np.random.default_rng(4)
TRUE = RANDOM.normal(10, 3, 2000)
PREDICTED = TRUE + RANDOM.normal(1, 2, 2000)


def test_residuals_of_a_range_have_their_mean_with_its_interval_and_their_quantiles() -> None:
    column = RANDOM.normal(size=2000)
    found = residuals_by(column, "number", TRUE, PREDICTED)
    errors = (PREDICTED - TRUE)[found.groups.rows(2)]
    line = found.table.iloc[2]
    low, high = t.interval(0.95, len(errors) - 1, errors.mean(), errors.std(ddof=1) / len(errors) ** 0.5)
    assert line["rows"] == len(errors) and line["mean"] == pytest.approx(errors.mean())
    assert (line["low"], line["high"]) == pytest.approx((low, high), rel=1e-4)
    assert line[["q10", "q50", "q90"]].tolist() == pytest.approx(np.quantile(errors, [0.1, 0.5, 0.9]))


def test_density_counts_every_row_where_numpy_does() -> None:
    found = density(TRUE, PREDICTED, bins=20)
    expected, *_ = np.histogram2d(PREDICTED, TRUE, bins=[found.edges, found.edges])
    assert found.counts.tolist() == expected.tolist()
    assert found.counts.sum() + found.outside == 2000


def test_density_shows_all_when_nothing_lies_far_away() -> None:
    found = density(TRUE, PREDICTED)
    assert found.outside == 0
    assert found.edges[[0, -1]].tolist() == [min(TRUE.min(), PREDICTED.min()), max(TRUE.max(), PREDICTED.max())]


def test_density_tells_how_many_rows_lie_far_outside() -> None:
    found = density(np.append(TRUE, 1e6), np.append(PREDICTED, 12.0))
    assert found.outside == 1 and found.edges[-1] < 50


def test_density_of_one_value_has_room_around_it() -> None:
    found = density(np.full(5, 3.0), np.full(5, 3.0))
    assert found.counts.sum() == 5 and found.edges[[0, -1]].tolist() == [2.5, 3.5]
