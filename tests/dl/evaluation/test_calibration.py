"""Reliability and scores of probabilities, against scikit-learn and against their definitions."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from dl.evaluation.calibration import brier_score, calibration

RANDOM = np.random.default_rng(2)
PROBABILITY = RANDOM.beta(0.5, 1, 4000)
EVENT = RANDOM.random(4000) < PROBABILITY**2


def test_bins_are_those_of_scikit_learn() -> None:
    observed, predicted = calibration_curve(EVENT, PROBABILITY, n_bins=10)
    bins = calibration(EVENT, PROBABILITY).bins
    np.testing.assert_allclose(bins["observed"], observed)
    np.testing.assert_allclose(bins["predicted"], predicted)
    assert bins["rows"].sum() == 4000


def test_every_bin_has_the_wilson_interval_of_its_share() -> None:
    line = calibration(EVENT, PROBABILITY).bins.iloc[4]
    rows = int(line["rows"])
    expected = binomtest(round(line["observed"] * rows), rows).proportion_ci(0.95, "wilson")
    assert (line["observed_low"], line["observed_high"]) == pytest.approx((expected.low, expected.high))


def test_error_is_the_mean_distance_weighted_with_the_rows() -> None:
    found = calibration(EVENT, PROBABILITY)
    distance = (found.bins["observed"] - found.bins["predicted"]).abs()
    assert found.error == pytest.approx(np.average(distance, weights=found.bins["rows"]))
    assert calibration(RANDOM.random(4000) < PROBABILITY, PROBABILITY).error < 0.03 < found.error


def test_probability_of_one_is_in_the_last_bin_and_empty_bins_are_left_out() -> None:
    bins = calibration(np.array([True, False]), np.array([1.0, 0.0], np.float32)).bins
    assert bins[["low", "high"]].to_numpy().tolist() == [[0, 0.1], [0.9, 1]]


def test_nothing_is_said_of_no_rows() -> None:
    none = calibration(np.array([], bool), np.array([]))
    assert none.bins.empty and np.isnan(none.error)


def test_brier_score_is_that_of_scikit_learn() -> None:
    assert brier_score(EVENT, PROBABILITY) == pytest.approx(brier_score_loss(EVENT, PROBABILITY))
    assert brier_score(EVENT, np.full(4000, 0.5)) == 0.25
