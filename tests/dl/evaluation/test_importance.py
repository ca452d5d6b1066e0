"""What a column is worth, against scikit-learn and against what a formula uses."""

from typing import Any

import numpy as np
import pytest
from sklearn.inspection import permutation_importance as permuted
from sklearn.linear_model import LinearRegression

from dl.evaluation.importance import Columns, Importance, permutation_importance, scored_by
from dl.evaluation.regression import r_squared, root_mean_squared_error
from dl.evaluation.slices import scores_of
from dl.tasks.classification import Classification
from dl.tasks.regression import Regression

RANDOM = np.random.default_rng(6)
COLUMNS = {name: RANDOM.normal(size=1000) for name in ("useless", "weak", "strong")}
TARGETS = COLUMNS["weak"] + 3 * COLUMNS["strong"] + RANDOM.normal(size=1000)


def predict(columns: Columns) -> np.ndarray:
    return (columns["weak"] + 3 * columns["strong"])[:, np.newaxis]


def explained(targets: np.ndarray, outputs: np.ndarray) -> float:
    return r_squared(targets, outputs[:, 0])


def found(**options: int) -> Importance:
    return permutation_importance(predict, COLUMNS, TARGETS, explained, "r_squared", greater_is_better=True, **options)


def test_columns_stand_in_the_order_of_what_they_are_worth() -> None:
    columns = found().columns
    assert [column.column for column in columns] == ["strong", "weak", "useless"]
    assert columns[-1].drop == 0 and columns[0].low < columns[0].drop < columns[0].high


def test_drop_is_about_that_of_scikit_learn() -> None:
    x = np.column_stack(list(COLUMNS.values()))
    expected = permuted(LinearRegression().fit(x, TARGETS), x, TARGETS, n_repeats=20, random_state=0).importances_mean
    drops = {column.column: column.drop for column in found(repeats=20).columns}
    assert [drops[name] for name in COLUMNS] == pytest.approx(expected.tolist(), rel=0.05, abs=0.02)


def test_error_that_grows_is_a_drop_too() -> None:
    def error(targets: np.ndarray, outputs: np.ndarray) -> float:
        return root_mean_squared_error(targets, outputs[:, 0])

    worth = permutation_importance(predict, COLUMNS, TARGETS, error, "rmse", greater_is_better=False)
    assert worth.columns[0].drop > worth.columns[1].drop > 0 and worth.score == pytest.approx(1, abs=0.1)


def test_same_seed_gives_the_same_and_a_further_column_changes_no_other() -> None:
    assert found(seed=1) == found(seed=1) != found(seed=2)
    more = {"new": np.zeros(1000), **COLUMNS}
    wider = permutation_importance(predict, more, TARGETS, explained, "r_squared", greater_is_better=True)
    assert {column.column: column.drop for column in wider.columns} == {
        "new": 0,
        **{column.column: column.drop for column in found().columns},
    }


def test_progress_is_told_and_can_end_it() -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        permutation_importance(
            predict, COLUMNS, TARGETS, explained, "r_squared", greater_is_better=True, repeats=2, progress=progress
        )
    assert told == [(1, 6), (2, 6), (3, 6), (4, 6)]


def test_columns_are_left_as_they_were() -> None:
    before = {name: values.copy() for name, values in COLUMNS.items()}
    found()
    assert all((COLUMNS[name] == values).all() for name, values in before.items())


def test_importance_survives_the_way_through_json() -> None:
    assert Importance.model_validate_json(found().model_dump_json()) == found()


@pytest.mark.parametrize(
    ("task", "targets", "score"),
    [
        (Regression(), [1.0, 2.0], "root_mean_squared_error"),
        (Classification(("no", "yes")), [0, 1], "roc_area"),
        (Classification(("no", "yes")), [1, 1], "accuracy"),
        (Classification(("a", "b", "c")), [0, 1], "accuracy"),
    ],
)
def test_every_task_is_scored_by_what_these_rows_can_tell(task: Any, targets: list[float], score: str) -> None:
    assert scored_by(task, np.array(targets)) == score
    outputs = np.full((2, task.outputs), 0.5)
    assert np.isfinite(scores_of(task)(np.array(targets), outputs)[score].value)
