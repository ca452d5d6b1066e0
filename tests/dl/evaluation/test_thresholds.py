"""What each threshold costs, against counting by hand."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from dl.evaluation.ranking import ranking
from dl.evaluation.thresholds import GRID, Costs, best_threshold, matrix_at, threshold_table

RANDOM = np.random.default_rng(5)
PROBABILITY = RANDOM.random(5000).round(2)
POSITIVE = RANDOM.random(5000) < PROBABILITY  # so that it is what it claims to be


@pytest.mark.parametrize("threshold", [0.0, 0.25, 0.5, 0.505, 1.0])
def test_matrix_is_that_of_all_rows_that_reach_the_threshold(threshold: float) -> None:
    expected = confusion_matrix(POSITIVE, threshold <= PROBABILITY)
    assert matrix_at(ranking(POSITIVE, PROBABILITY), threshold).tolist() == expected.tolist()


def test_cost_is_that_of_both_kinds_of_mistake() -> None:
    table = threshold_table(ranking(POSITIVE, PROBABILITY), [0.3], Costs(2, 7))
    alarms, misses = (~POSITIVE & (PROBABILITY >= 0.3)).sum(), (POSITIVE & (PROBABILITY < 0.3)).sum()
    assert table["cost"].tolist() == [2 * alarms + 7 * misses]


@pytest.mark.parametrize("costs", [Costs(), Costs(1, 5), Costs(9, 1)])
def test_best_threshold_costs_least_and_is_where_theory_has_it(costs: Costs) -> None:
    table = threshold_table(ranking(POSITIVE, PROBABILITY), GRID, costs)
    best = best_threshold(table)
    assert table.set_index("threshold")["cost"][best] == table["cost"].min()
    assert best == pytest.approx(costs.threshold, abs=0.1)


def test_best_threshold_is_the_one_nearest_to_a_half_when_many_cost_the_same() -> None:
    ranked = ranking(np.array([False, True]), np.array([0.1, 0.9]))
    assert best_threshold(threshold_table(ranked)) == 0.5


def test_mistakes_that_cost_nothing_leave_the_threshold_in_the_middle() -> None:
    assert Costs(0, 0).threshold == 0.5
    assert best_threshold(threshold_table(ranking(POSITIVE, PROBABILITY), GRID, Costs(0, 0))) == 0.5


def test_single_precision_scores_reach_a_threshold_of_their_own_value() -> None:
    ranked = ranking(np.array([True]), np.array([0.3], np.float32))
    assert matrix_at(ranked, float(np.float32(0.3)))[1].tolist() == [0, 1]
