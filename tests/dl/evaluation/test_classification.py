"""The scores agree with scikit-learn's and scipy's, also where classes are missing."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn import metrics

from dl.evaluation import classification as evaluation
from dl.spreadsheet import FORMULA_STARTS

Answers = tuple[NDArray[np.uint8], NDArray[np.float16]]


@pytest.fixture
def answers() -> Answers:
    random = np.random.default_rng(7)
    true = random.integers(0, 10, 3000).astype(np.uint8)
    scores = random.random((3000, 10)) + 1.2 * np.eye(10)[true] * (random.random((3000, 1)) < 0.6)
    return true, (scores / scores.sum(axis=1, keepdims=True)).astype(np.float16)


def test_confusion_matrix_equals_scikit_learn(answers: Answers) -> None:
    true, probabilities = answers
    predicted = probabilities.argmax(axis=1)
    matrix = evaluation.confusion_matrix(true, predicted, 10)
    np.testing.assert_array_equal(matrix, metrics.confusion_matrix(true, predicted))
    assert matrix.dtype == np.int64


def test_confusion_matrix_has_every_class_when_some_never_occur() -> None:
    matrix = evaluation.confusion_matrix(np.array([0, 0], np.uint8), np.array([0, 2]), 4)
    assert matrix.tolist() == [[1, 0, 1, 0], [0] * 4, [0] * 4, [0] * 4]


def test_confusion_matrix_is_exact_when_labels_are_bytes_and_classes_many() -> None:
    labels = np.arange(200, dtype=np.uint8)
    np.testing.assert_array_equal(evaluation.confusion_matrix(labels, labels, 200), np.eye(200, dtype=np.int64))


def test_confusion_matrix_is_empty_when_nothing_was_predicted() -> None:
    assert evaluation.confusion_matrix(np.array([], np.uint8), np.array([], np.int64), 3).sum() == 0


def test_per_class_scores_equal_scikit_learn(answers: Answers) -> None:
    true, probabilities = answers
    predicted = probabilities.argmax(axis=1)
    scores = evaluation.per_class_scores(evaluation.confusion_matrix(true, predicted, 10))
    expected = metrics.precision_recall_fscore_support(true, predicted)
    for column, values in zip(("precision", "recall", "f1", "support"), expected, strict=True):
        np.testing.assert_allclose(scores[column], values)


def test_scores_are_undefined_when_a_class_is_never_predicted_or_never_there() -> None:
    true, predicted = np.array([0, 0, 1]), np.array([0, 0, 0])
    scores = evaluation.per_class_scores(evaluation.confusion_matrix(true, predicted, 3))
    expected = metrics.precision_recall_fscore_support(true, predicted, labels=[0, 1, 2], zero_division=np.nan)
    np.testing.assert_allclose(scores["precision"], expected[0])
    np.testing.assert_allclose(scores["recall"], expected[1])
    assert scores["f1"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(("correct", "total"), [(9760, 10_000), (0, 10), (10, 10), (1, 1), (355, 359)])
def test_accuracy_interval_equals_scipy(correct: int, total: int) -> None:
    expected = binomtest(correct, total).proportion_ci(0.95, method="wilson")
    assert evaluation.accuracy_interval(correct, total) == pytest.approx((expected.low, expected.high))


def test_majority_is_taken_from_training_and_scored_on_test() -> None:
    assert evaluation.majority_share(np.array([1, 1, 2], np.uint8), np.array([2, 2, 1, 0])) == (1, 0.25)


def test_likeliest_class_is_found_in_blocks_and_in_a_file_too(
    answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, probabilities = answers
    monkeypatch.setattr(evaluation, "BLOCK_ROWS", 7)
    np.save(tmp_path / "outputs.npy", probabilities)
    for given in (probabilities, np.load(tmp_path / "outputs.npy", mmap_mode="r")):
        predicted, sure = evaluation.likeliest(given)
        assert np.array_equal(predicted, probabilities.argmax(axis=1))
        assert np.allclose(sure, probabilities.max(axis=1))


def test_cell_members_are_the_rows_of_that_cell_with_the_most_confident_first(answers: Answers) -> None:
    true, probabilities = answers
    predicted = probabilities.argmax(axis=1)
    matrix = evaluation.confusion_matrix(true, predicted, 10)
    rows = evaluation.cell_members(true, *evaluation.likeliest(probabilities), 3, 5)
    assert len(rows) == matrix[3, 5] > 1
    assert set(true[rows]) == {3} and set(predicted[rows]) == {5}
    assert np.all(np.diff(probabilities[rows].max(axis=1)) <= 0)


def test_cell_members_are_none_when_the_cell_is_empty() -> None:
    assert evaluation.cell_members(np.array([0]), *evaluation.likeliest(np.array([[0.9, 0.1]])), 1, 0).size == 0


def test_most_confident_mistakes_are_wrong_and_sorted(answers: Answers) -> None:
    true, probabilities = answers
    rows = evaluation.most_confident_mistakes(true, *evaluation.likeliest(probabilities), 12)
    assert len(rows) == 12
    assert np.all(probabilities[rows].argmax(axis=1) != true[rows])
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != true)
    assert probabilities[rows].max(axis=1)[0] == probabilities[wrong].max()


def test_predictions_survive_the_way_through_csv(answers: Answers) -> None:
    true, probabilities = answers
    table = evaluation.predictions_table(true, probabilities, [f"digit {index}" for index in range(10)])
    read = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    assert list(read.columns[:4]) == ["row", "true", "predicted", "confidence"]
    assert read["true"].tolist() == [f"digit {label}" for label in true]
    np.testing.assert_allclose(read["probability digit 4"], probabilities[:, 4].astype(float), rtol=1e-6)


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-cmd", "@cmd", "\tx", "\rx"])
def test_class_names_are_no_formulas_when_the_table_is_opened_in_a_spreadsheet(name: str) -> None:
    table = evaluation.predictions_table(np.array([0, 1]), np.array([[0.8, 0.2], [0.7, 0.3]]), [name, "plain"])
    assert table["true"].tolist() == ["'" + name, "plain"]
    assert table["predicted"].tolist() == ["'" + name] * 2
    assert not any(column.startswith(FORMULA_STARTS) for column in table.columns)
