"""Scores of every slice are those of its rows alone."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics

from dl.evaluation.regression import regression_estimates
from dl.evaluation.slices import class_probability, cross_entropies, slices, two_class_estimates, worst_slice

RANDOM = np.random.default_rng(8)
COLUMN = RANDOM.choice(["a", "b", "c"], 900, p=[0.6, 0.3, 0.1]).astype(object)


@dataclass(frozen=True)
class Kind:
    name: str
    outputs: int


def answers(classes: int) -> tuple[np.ndarray, np.ndarray]:
    targets = RANDOM.integers(0, classes, 900)
    outputs = RANDOM.dirichlet(np.ones(classes), 900).astype(np.float32)
    outputs[np.arange(900), targets] += 0.4
    return targets, outputs / outputs.sum(axis=1, keepdims=True, dtype=float)


def test_slices_of_two_classes_are_scored_as_scikit_learn_does() -> None:
    targets, outputs = answers(2)
    found = slices(COLUMN, "category", targets, outputs, Kind("classification", 2))
    for place, level in enumerate("abc"):
        rows = level == COLUMN
        true, said = targets[rows], outputs[rows].argmax(axis=1)
        line = found.scores.iloc[place]
        assert found.groups.groups[place].level == level and line["rows"] == rows.sum()
        assert line["accuracy"] == pytest.approx(metrics.accuracy_score(true, said))
        assert line["precision"] == pytest.approx(metrics.precision_score(true, said))
        assert line["recall"] == pytest.approx(metrics.recall_score(true, said))
        assert line["roc_area"] == pytest.approx(metrics.roc_auc_score(true, outputs[rows, 1]))
        assert line["crossentropy"] == pytest.approx(metrics.log_loss(true, outputs[rows].astype(float)), rel=1e-5)
        interval = binomtest(int((true == said).sum()), int(rows.sum())).proportion_ci(0.95, "wilson")
        assert (line["accuracy_low"], line["accuracy_high"]) == pytest.approx((interval.low, interval.high))


def test_slices_of_many_classes_have_accuracy_and_cross_entropy() -> None:
    targets, outputs = answers(4)
    scores = slices(COLUMN, "category", targets, outputs, Kind("classification", 4)).scores
    assert {name for name in scores if not name.endswith(("_low", "_high"))} == {"rows", "accuracy", "crossentropy"}
    assert (scores["crossentropy_low"] < scores["crossentropy"]).all()


def test_slices_of_numbers_are_scored_as_the_whole_is() -> None:
    true, column = RANDOM.normal(size=900), RANDOM.normal(size=900)
    predicted = true + RANDOM.normal(size=900)
    found = slices(column, "number", true, predicted[:, np.newaxis], Kind("regression", 1))
    rows = found.groups.rows(3)
    expected = regression_estimates(true[rows], predicted[rows])
    assert found.scores["root_mean_squared_error"][3] == expected["root_mean_squared_error"].value
    assert found.scores["r_squared_low"][3] == expected["r_squared"].low


def test_slice_without_one_of_the_classes_has_no_recall_and_no_area() -> None:
    targets, outputs = answers(2)
    targets[COLUMN == "c"] = 0
    last = slices(COLUMN, "category", targets, outputs, Kind("classification", 2)).scores.iloc[2]
    assert np.isnan([last["recall"], last["roc_area"], last["recall_low"]]).all() and last["accuracy"] > 0


def test_threshold_and_class_of_interest_can_be_chosen() -> None:
    targets, outputs = answers(2)
    found = two_class_estimates(targets, outputs, positive=0, threshold=0.8)
    assert found["recall"].value == pytest.approx(metrics.recall_score(targets == 0, outputs[:, 0] >= 0.8))


def test_outputs_that_do_not_add_up_to_one_are_brought_to_it() -> None:
    outputs = np.array([[0.9, 0.3], [0.0, 0.0]], np.float32)
    assert class_probability(outputs, 1).tolist() == pytest.approx([0.25, 0.5])
    assert cross_entropies(np.array([1, 1]), outputs).tolist() == pytest.approx([np.log(4), np.log(2)])


def numbers_by_level(error: np.ndarray, levels: np.ndarray) -> int | None:
    scores = slices(levels, "category", np.zeros(len(error)), error[:, np.newaxis], Kind("regression", 1)).scores
    overall = float(np.abs(error).mean())
    return worst_slice(scores, "mean_absolute_error", overall, lower_is_better=True)


def test_worst_slice_is_found_when_it_is_worse_and_rarely_when_all_are_alike() -> None:
    levels = np.repeat([f"level {index}" for index in range(10)], 60).astype(object)
    alike = [numbers_by_level(RANDOM.normal(size=600), levels) for _ in range(200)]
    assert sum(place is not None for place in alike) <= 12  # 5 in 200 are expected, and 50 without widening
    assert numbers_by_level(RANDOM.normal(size=600) * np.where(levels == "level 4", 3, 1), levels) == 4


def test_slice_of_few_rows_is_not_called_the_worst() -> None:
    levels = np.append(np.repeat("many", 600), np.repeat("few", 9)).astype(object)
    assert numbers_by_level(np.append(RANDOM.normal(size=600), np.full(9, 50.0)), levels) is None
