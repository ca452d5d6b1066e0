"""Curves and areas agree with scikit-learn's, with ties too; the interval of the area with its definition."""

import numpy as np
import pytest
from scipy.optimize import brentq
from sklearn import metrics

from dl.evaluation.ranking import (
    Ranking,
    average_precision,
    precision_recall_curve,
    ranking,
    roc_area,
    roc_curve,
    thinned,
)

RANDOM = np.random.default_rng(3)
POSITIVE = RANDOM.random(2000) < 0.3
SCORES = np.clip(RANDOM.normal(0.4 + 0.2 * POSITIVE, 0.2), 0, 1)
TIED = np.round(SCORES, 1).astype(np.float32)


@pytest.mark.parametrize("scores", [SCORES, TIED], ids=["distinct", "tied"])
def test_roc_curve_and_area_are_those_of_scikit_learn(scores: np.ndarray) -> None:
    ranked = ranking(POSITIVE, scores)
    curve = roc_curve(ranked)
    x, y, thresholds = metrics.roc_curve(POSITIVE, scores, drop_intermediate=False)
    np.testing.assert_allclose(curve.x, x)
    np.testing.assert_allclose(curve.y, y)
    np.testing.assert_allclose(curve.thresholds, thresholds)
    assert roc_area(ranked).value == pytest.approx(metrics.roc_auc_score(POSITIVE, scores))


@pytest.mark.parametrize("scores", [SCORES, TIED], ids=["distinct", "tied"])
def test_precision_recall_curve_and_area_are_those_of_scikit_learn(scores: np.ndarray) -> None:
    ranked = ranking(POSITIVE, scores)
    curve = precision_recall_curve(ranked)
    precision, recall, thresholds = metrics.precision_recall_curve(POSITIVE, scores)
    np.testing.assert_allclose(curve.x[::-1], recall[:-1])
    np.testing.assert_allclose(curve.y[::-1], precision[:-1])
    np.testing.assert_allclose(curve.thresholds[::-1], thresholds)
    assert average_precision(ranked) == pytest.approx(metrics.average_precision_score(POSITIVE, scores))


def test_area_of_scores_that_are_all_the_same_is_a_half() -> None:
    assert roc_area(ranking(np.array([True, False, False]), np.full(3, 0.2))).value == 0.5


@pytest.mark.parametrize("positive", [[True, True], [False, False], []])
def test_without_both_classes_there_is_no_area(positive: list[bool]) -> None:
    ranked = ranking(np.array(positive, bool), np.linspace(0, 1, len(positive)))
    assert np.isnan(roc_area(ranked).value)
    assert np.isnan(average_precision(ranked)) == (True not in positive)


def hanley_mcneil(area: float, ranked: Ranking) -> float:
    """The standard error as its authors write it, with the mean of both numbers of rows in the numerator."""
    m, n = ranked.positives, ranked.negatives
    one, two, half = area / (2 - area), 2 * area**2 / (1 + area), (m + n) / 2 - 1
    return float(((area * (1 - area) + half * (one - area**2) + half * (two - area**2)) / (m * n)) ** 0.5)


def test_interval_of_the_area_is_where_the_area_found_is_just_as_unlikely_as_one_in_twenty() -> None:
    ranked = ranking(POSITIVE[:80], TIED[:80])
    area = roc_area(ranked)
    low = brentq(lambda at: area.value - at - 1.959964 * hanley_mcneil(at, ranked), 0, area.value)
    high = brentq(lambda at: at - area.value - 1.959964 * hanley_mcneil(at, ranked), area.value, 1)
    assert (area.low, area.high) == pytest.approx((low, high), abs=1e-5)


def test_area_of_one_is_not_sure_when_there_are_few_rows() -> None:
    area = roc_area(ranking(np.array([False] * 5 + [True] * 5), np.arange(10)))
    assert area.value == area.high == 1 and 0.5 < area.low < 0.9


def test_interval_of_the_area_holds_the_truth_about_as_often_as_it_says() -> None:
    positive, truth = np.arange(60) < 20, 0.7602499  # the chance that N(1, 1) exceeds N(0, 1)
    samples = [roc_area(ranking(positive, RANDOM.normal(positive, 1))) for _ in range(500)]
    assert 0.92 < np.mean([each.low < truth < each.high for each in samples]) < 0.99


def test_thinned_curve_keeps_its_ends_and_its_area() -> None:
    curve = roc_curve(ranking(POSITIVE, SCORES))
    few = thinned(curve, 100)
    assert len(few.x) <= 100 < len(curve.x)
    assert (few.x[0], few.y[0], few.x[-1], few.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(few.y, few.x) == pytest.approx(np.trapezoid(curve.y, curve.x), abs=0.01)
    assert thinned(few, 100) is few
