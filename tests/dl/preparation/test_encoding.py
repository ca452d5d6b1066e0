from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from dl.datasets.tables.table import Table
from dl.preparation import ColumnsInput, encoding, rows
from dl.preparation.encoding import encoded
from dl.preparation.learning import FOLDER, learn

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # each example is a table on disk


def test_rows_are_encoded_in_their_order(table: Table, people: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several blocks, which shows in no row."""
    monkeypatch.setattr(rows, "BLOCK_ROWS", 64)
    preparation = learn(table, ColumnsInput())
    made = encoded(table, preparation)
    age, income, gap = preparation.numbers[:3]
    numbers = made.inputs["numbers"]
    assert numbers.shape == (400, len(preparation.numbers)) and numbers.dtype == np.float32
    np.testing.assert_allclose(numbers[:, 0], (people["age"] - age.centre) / age.scale, rtol=1e-6, atol=1e-6)
    is_gap = people["income"].isna()
    scaled = ((people["income"] - income.centre) / income.scale).fillna(0)
    np.testing.assert_allclose(numbers[:, 1], scaled, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(numbers[:, 2], is_gap)
    levels = {level: index for index, level in enumerate(preparation.categories[0].levels, start=1)}
    np.testing.assert_array_equal(made.inputs["categories"][:, 0], people["job"].map(levels).fillna(0))
    np.testing.assert_array_equal(made.targets, people["rich"] == "yes")
    assert (made.inputs["categories"].dtype, made.targets.dtype, gap.part) == (np.int32, np.int64, "missing")


def test_parts_of_dates_are_encoded(table: Table, people: pd.DataFrame) -> None:
    preparation = learn(table, ColumnsInput())
    (place,) = [n for n, number in enumerate(preparation.numbers) if number.part == "weekday"]
    number = preparation.numbers[place]
    weekdays = encoded(table, preparation).inputs["numbers"][:, place] * number.scale + number.centre
    np.testing.assert_allclose(weekdays, people["born"].dt.day_of_week, atol=1e-5)


def test_rows_without_a_target_are_told(table_of: Callable[..., Table], people: pd.DataFrame) -> None:
    for target in ("rich", "income"):
        frame = people.copy()
        frame.loc[:9, target] = None
        table = table_of(frame, target, name=target)
        made = encoded(table, learn(table, ColumnsInput()))
        np.testing.assert_array_equal(made.labelled(np.arange(400)), np.flatnonzero(frame[target].notna()))


def test_values_far_off_stay_finite(table_of: Callable[..., Table], people: pd.DataFrame) -> None:
    table = table_of(people, "rich")
    frame = people.copy()
    frame.loc[table.test_rows[0], "age"] = 1e300
    other = table_of(frame, "rich", name="other")
    assert encoded(other, learn(other, ColumnsInput())).inputs["numbers"][table.test_rows[0], 0] == 1e6


def test_arrays_are_made_once_and_others_are_cleared(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    preparation, told = learn(table, ColumnsInput()), list[tuple[int, int]]()
    first = encoded(table, preparation, lambda done, total: told.append((done, total)))
    assert told[-1] == (400, 400) and isinstance(first.inputs["numbers"], np.memmap)
    monkeypatch.setattr(encoding, "_write", lambda *_: pytest.fail("made again"))
    again = encoded(table, preparation)
    np.testing.assert_array_equal(first.inputs["numbers"], again.inputs["numbers"])
    monkeypatch.undo()
    for bins in range(2, 2 + encoding.KEPT):
        encoded(table, learn(table, ColumnsInput(number_embedding="piecewise_linear", bins=bins)))
    assert len([path for path in (table.folder / FOLDER).iterdir() if path.is_dir()]) == encoding.KEPT


def test_damaged_arrays_are_made_anew(table: Table) -> None:
    preparation = learn(table, ColumnsInput())
    numbers = np.array(encoded(table, preparation).inputs["numbers"])
    (file,) = (table.folder / FOLDER).glob("*/numbers.npy")
    file.write_bytes(file.read_bytes()[:500])
    np.testing.assert_array_equal(encoded(table, preparation).inputs["numbers"], numbers)


def test_kinds_that_are_not_there_have_no_array(table_of: Callable[..., Table], people: pd.DataFrame) -> None:
    table = table_of(people, "rich")
    for column, name in (("age", "numbers"), ("job", "categories")):
        assert set(encoded(table, learn(table, ColumnsInput(columns=(column,)))).inputs) == {name}


words = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5))
numbers = st.one_of(st.none(), st.floats(-1e12, 1e12), st.floats(allow_nan=False, allow_infinity=False))
tables = st.lists(st.tuples(words, numbers, st.floats(-1e6, 1e6)), min_size=8, max_size=40)
HUGE = [(None, 0.0, 0.0), ("", 1.7e308, 0.0), ("", -1.7e308, 0.0), ("a", 5e-324, 0.0)]
TINY = [("a", 0.0, 0.0), ("a", 5e-324, 0.0), ("a", 1e-200, 0.0), ("a", 1e-200, 0.0)]


@example(3 * HUGE)
@example(3 * TINY)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(tables)
def test_any_table_is_encoded_as_its_values_are(
    table_of: Callable[..., Table], tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[object, ...]]
) -> None:
    """An empty word counts as missing."""
    frame = pd.DataFrame(lines, columns=["word", "number", "y"]).astype({"word": "string", "number": "float64"})
    frame = frame.assign(same=1.0, other=np.arange(len(frame)))  # so that there is something to learn from
    table = table_of(frame, "y", name=tmp_path_factory.mktemp("any").name)
    preparation = learn(table, ColumnsInput(minimum_count=1, missing="fill", number_embedding="piecewise_linear"))
    made = encoded(table, preparation)
    train = frame.iloc[table.train_rows]
    for place, category in enumerate(preparation.categories):
        known = ["", *category.levels]
        assert set(known) == {"", *train["word"].dropna()} and len(set(known)) == len(known)
        seen = [known[index] for index in made.inputs["categories"][:, place]]
        assert seen == [word if word in known else "" for word in frame["word"].fillna("")]
    assert len(preparation.categories) == train["word"].fillna("").ne("").any()
    assert [number.name for number in preparation.numbers] == ["number"] * (train["number"].nunique() > 1) + ["other"]
    for place, number in enumerate(preparation.numbers):
        assert np.isfinite([number.centre, number.scale, *number.edges]).all() and number.scale > 0
        shifted = frame[number.name].to_numpy(object) - number.centre
        scaled = [0.0 if np.isnan(one) else max(-1e6, min(1e6, one / number.scale)) for one in shifted]
        np.testing.assert_array_equal(made.inputs["numbers"][:, place], np.float32(scaled))
