"""Rows that are typed are encoded as the table's own, and each column can be moved."""

from typing import Any

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.errors import BadRow
from dl.prediction.answers import answer_of, probabilities
from dl.prediction.moving import moved_answers
from dl.prediction.nearest import Nearest
from dl.prediction.networks import Networks, Ready
from dl.prediction.rows import encoded_rows
from dl.prediction.test_rows import test_rows_of as rows_of
from dl.profiles.rows import row_values
from dl.profiles.typical import typical
from dl.runs import Run
from dl.runs.table_behind import table_behind
from dl.workspace import Workspace

ROW = {"age": 41, "city": "Bern", "since": "2021-03-01"}


@pytest.fixture
def people(trained: Workspace) -> Ready:
    return Networks(trained).of(Run(trained.runs / "2"))


def encoded(ready: Ready, row: dict[str, Any]) -> dict[str, np.ndarray]:
    assert ready.preparation
    return encoded_rows([row], ready.dataset, ready.preparation)


def test_rows_are_encoded_as_the_tables_own_whatever_is_missing(trained: Workspace, people: Ready) -> None:
    run, store = people.network.run, DatasetStore(trained)
    table, own = table_behind(run, store), rows_of(run, store)
    assert own.rows is not None
    columns = people.dataset.features
    for place, number in enumerate(own.rows):
        values = row_values(table, int(number), columns)
        row = {column.name: values[column.field] for column in columns}
        for name, array in encoded(people, row).items():
            assert np.array_equal(array, own.block(slice(place, place + 1))[name]), (number, name)


def test_order_spelling_and_further_columns_make_no_difference(people: Ready) -> None:
    first = encoded(people, ROW)
    other = encoded(people, {"note": "x", "since": "2021-03-01T00:00:00", "city": "Bern", "age": "41.0"})
    assert all(np.array_equal(first[name], other[name]) for name in first)
    missing = encoded(people, {"age": "", "city": None, "since": None})
    assert missing["categories"].max() == 0 and missing["numbers"][0, 0] == 0


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ({"age": 1, "city": "Bern"}, "missing_column", "since"),
        (ROW | {"age": "young"}, "not_a_number", "age"),
        (ROW | {"age": [1]}, "not_a_number", "age"),
        (ROW | {"since": "May"}, "not_a_date", "since"),
        (7, "not_a_row", ""),
    ],
)
def test_row_that_cannot_be_used_says_which_column_and_why(row: Any, reason: str, column: str, people: Ready) -> None:
    assert people.preparation
    with pytest.raises(BadRow) as caught:
        encoded_rows([ROW, row], people.dataset, people.preparation)
    assert (caught.value.facts["row"], caught.value.facts["reason"], caught.value.facts["column"]) == (
        2,
        reason,
        column,
    )


def test_answer_of_classes_has_the_likeliest_and_that_of_numbers_is_in_their_unit(
    trained: Workspace, people: Ready
) -> None:
    answer = answer_of(people.rows([ROW])[0], people.dataset)
    assert answer["answer"] in people.dataset.classes
    assert answer["confidence"] == max(answer["probabilities"].values())
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    wages = Networks(trained).of(Run(trained.runs / "3"))
    (number,) = answer_of(wages.rows([ROW])[0], wages.dataset).values()
    assert 5000 < number < 13_000
    assert np.allclose(probabilities(np.array([[0.5, 0.5, 1.0]], np.float32)), [[0.25, 0.25, 0.5]])


def test_each_column_is_moved_over_what_is_usual(trained: Workspace, people: Ready) -> None:
    table, columns = table_behind(people.network.run, DatasetStore(trained)), people.dataset.features
    usual = typical(table, columns)
    age, city, since = (usual[column.field] for column in columns)
    assert age.low < 25 < 38 < age.number < 42 < 55 < age.high
    assert set(city.levels) == {"Bern", "Lyon"} and age.levels == ()
    assert 1.577e9 < since.low < since.number < since.high < 1.66e9
    moved = moved_answers(people, ROW, columns, usual)
    assert [len(moved[column.field].outputs) for column in columns] == [21, 2, 21]
    place = moved[columns[1].field].values.index("Bern")
    assert np.allclose(moved[columns[1].field].outputs[place], people.rows([ROW])[0], atol=1e-6)
    ages = [people.rows([ROW | {"age": value}])[0] for value in moved[columns[0].field].values]
    assert np.allclose(moved[columns[0].field].outputs, ages, atol=1e-6)


def test_training_picture_is_nearest_to_itself(trained: Workspace) -> None:
    ready, store = Networks(trained).of(Run(trained.runs / "1")), DatasetStore(trained)
    data, nearest = store.open("digits"), Nearest()
    for row in (0, 1):
        hidden = ready.pictures(data.x_train[row : row + 1]).hidden[0]
        found = nearest.to(ready, hidden, store, None, 4)
        assert np.array_equal(found.pictures[0], data.x_train[row]) and found.labels[0] == data.y_train[row]
        assert len(found.pictures) == 4 and found.among == min(2000, len(data.x_train))
