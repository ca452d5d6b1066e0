from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.columns import Category, Identifier, Number
from dl.datasets.tables.table import Table
from dl.errors import SpecError
from dl.preparation import ColumnsInput, learning
from dl.preparation.learning import kept_preparation, learn, preparation_of


def train_part(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[table.train_rows]


def test_numbers_are_scaled_by_mean_and_deviation_or_median_and_quartiles(table: Table, people: pd.DataFrame) -> None:
    ages = train_part(table, people)["age"]
    standard = learn(table, ColumnsInput()).numbers[0]
    assert (standard.centre, standard.scale) == pytest.approx((ages.mean(), ages.std(ddof=0)))
    robust = learn(table, ColumnsInput(number_scaling="robust")).numbers[0]
    assert (robust.centre, robust.scale) == pytest.approx((ages.median(), ages.quantile(0.75) - ages.quantile(0.25)))
    assert robust.edges == ()


def test_half_the_range_is_taken_where_the_quartiles_are_the_same(table_of: Callable[..., Table]) -> None:
    gains = np.where(np.arange(100) % 10 == 0, 50.0, 0.0)
    table = table_of(pd.DataFrame({"gain": gains, "y": np.arange(100.0)}), "y")
    (number,) = learn(table, ColumnsInput(number_scaling="robust")).numbers
    assert (number.centre, number.scale) == (0.0, 25.0)


def test_nothing_is_learnt_from_the_rows_of_the_test(table_of: Callable[..., Table], people: pd.DataFrame) -> None:
    before = table_of(people, "rich", name="before")
    changed = people.copy()
    changed.loc[before.test_rows, ["age", "income", "job"]] = [1e9, -5.0, "astronaut"]
    after = table_of(changed, "rich", name="after")
    wanted = ColumnsInput(number_embedding="piecewise_linear")
    assert learn(before, wanted) == learn(after, wanted)


def test_gaps_get_a_number_of_their_own_unless_they_are_only_filled(table: Table) -> None:
    def parts(**wanted: str) -> list[str]:
        return [f"{number.name} {number.part}" for number in learn(table, ColumnsInput.model_validate(wanted)).numbers]

    assert parts()[:3] == ["age value", "income value", "income missing"]
    assert "income missing" not in parts(missing="fill")


def test_parts_of_a_date_are_numbers_and_those_that_never_change_are_left_out(table: Table) -> None:
    numbers = learn(table, ColumnsInput()).numbers
    assert [number.part for number in numbers if number.name == "born"] == ["days", "year", "month", "day", "weekday"]


def test_levels_are_those_with_enough_rows_the_most_frequent_first(table_of: Callable[..., Table]) -> None:
    words = ["b"] * 20 + ["a"] * 20 + ["c"] * 30 + ["once"] + [None] * 9
    table = table_of(pd.DataFrame({"word": words, "y": np.arange(80.0)}), "y", test_share=0)
    levels = [learn(table, ColumnsInput(minimum_count=count)).categories[0].levels for count in (1, 2, 25)]
    assert levels == [("c", "a", "b", "once"), ("c", "a", "b"), ("c",)]


def test_edges_of_bins_are_in_scaled_units(table: Table, people: pd.DataFrame) -> None:
    wanted = ColumnsInput(number_embedding="piecewise_linear", bins=16)
    number, ages = learn(table, wanted).numbers[0], train_part(table, people)["age"]
    ends = (np.array([ages.min(), ages.max()]) - number.centre) / number.scale
    assert (number.edges[0], number.edges[-1]) == pytest.approx(tuple(ends))
    assert len(number.edges) <= 17 and (np.diff(np.float32(number.edges)) > 0).all()


def test_only_wanted_features_enter_and_neither_constants_nor_names_of_rows(
    table_of: Callable[..., Table], people: pd.DataFrame
) -> None:
    frame = people.assign(same=1.0, id=[f"p{n}" for n in range(len(people))], empty=None)
    kinds = {"id": Identifier(name="id"), "empty": Category(name="empty")}
    table = table_of(frame, "rich", **kinds)
    learnt = learn(table, ColumnsInput())
    assert {number.name for number in learnt.numbers} == {"age", "income", "born"}
    assert [category.name for category in learnt.categories] == ["job"]
    wanted = learn(table, ColumnsInput(columns=("age",)))
    assert [number.name for number in wanted.numbers] == ["age"] and not wanted.categories
    with pytest.raises(SpecError, match="nothing_to_learn_from"):
        learn(table, ColumnsInput(columns=("same",)))


def test_target_is_its_levels_or_mean_and_deviation(table_of: Callable[..., Table], people: pd.DataFrame) -> None:
    assert learn(table_of(people, "rich", name="classes"), ColumnsInput()).target.levels == ("no", "yes")
    table = table_of(people, "age", name="numbers")
    ages, target = train_part(table, people)["age"], learn(table, ColumnsInput()).target
    assert (target.mean, target.scale) == pytest.approx((ages.mean(), ages.std(ddof=0)))


def test_numbers_that_stand_for_a_gap_are_noted(table_of: Callable[..., Table], people: pd.DataFrame) -> None:
    frame = people.assign(age=np.where(np.arange(400) % 4, people["age"], -999))
    table = table_of(frame, "rich", age=Number(name="age", missing=("-999", "unknown")))
    number, gap, *_ = learn(table, ColumnsInput()).numbers
    assert number.missing == (-999.0,) and number.centre > 30 and gap.part == "missing"


def test_it_is_learnt_once_and_again_when_a_column_is_another(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept_preparation(table, ColumnsInput()) is None
    learnt = preparation_of(table, ColumnsInput())
    assert kept_preparation(table, ColumnsInput(members=8)) == learnt
    monkeypatch.setattr(learning, "learn", lambda *_: pytest.fail("learnt again"))
    assert preparation_of(table, ColumnsInput()) == learnt
    columns = (table.description.columns[0].model_copy(update={"role": "ignored"}), *table.description.columns[1:])
    other = Table(table.folder, table.description.model_copy(update={"columns": columns}))
    assert kept_preparation(other, ColumnsInput()) is None


def test_of_many_rows_some_are_taken(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = learn(table, ColumnsInput())
    monkeypatch.setattr(learning, "SAMPLE_ROWS", 100)
    part = learn(table, ColumnsInput())
    assert part.numbers[0].centre == pytest.approx(whole.numbers[0].centre, abs=4)
    assert part == learn(table, ColumnsInput()) != whole
    assert part.categories == whole.categories and part.target == whole.target
