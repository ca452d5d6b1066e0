"""What is done about a finding changes what is said of a column, or which rows are tested, and can be taken back."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.columns import Category, Number
from dl.datasets.opening import read_description
from dl.datasets.tables.changes import resplit
from dl.datasets.tables.splits import Split
from dl.datasets.tables.table import Table
from dl.errors import WrongTarget
from dl.profiles.actions import acted, undone
from dl.profiles.finding import LEAVE, Action

FRAME = pd.DataFrame({"a": ["1", "2", "?", "x"], "b": [1.0, 2.0, 3.0, 4.0], "y": [0.0, 1.0, 1.0, -9.0]})


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    return table_of(FRAME, "y", a=Category(name="a", missing=("?",)))


def test_column_is_ignored_on_disk_too(table: Table) -> None:
    changed = acted(table, Action("ignore", "c0")).description
    assert [column.role for column in changed.columns] == ["ignored", "feature", "target"]
    assert changed.columns[1:] == table.description.columns[1:] and read_description(table.folder) == changed


def test_last_feature_is_not_ignored(table: Table) -> None:
    less = acted(table, Action("ignore", "c0"))
    with pytest.raises(WrongTarget):
        acted(less, Action("ignore", "c1"))
    assert read_description(table.folder) == less.description


def test_spellings_come_to_those_that_are_known_to_mean_missing(table: Table) -> None:
    assert acted(table, Action("missing", "c0", ("x", "?"))).column("c0").missing == ("?", "x")


def test_kind_changes_and_all_else_stays(table: Table) -> None:
    changed = acted(table, Action("number", "c0", ("x",))).column("c0")
    assert changed == Number(name="a", field="c0", missing=("?", "x"))


def test_target_that_becomes_a_category_has_its_levels(table: Table) -> None:
    spelled = acted(table, Action("category", "c2"))
    assert spelled.description.classes == ("-9", "0", "1")
    assert acted(spelled, Action("missing", "c2", ("-9",))).description.classes == ("0", "1")


def test_nothing_changes_when_it_is_left_as_it_is(table: Table) -> None:
    assert acted(table, LEAVE) == table


@pytest.mark.parametrize("action", [Action("ignore", "c0"), Action("missing", "c0", ("x",)), Action("category", "c2")])
def test_what_was_done_can_be_taken_back(table: Table, action: Action) -> None:
    changed = acted(table, action)
    assert changed.description != table.description
    assert undone(changed, table.description).description == table.description
    assert read_description(table.folder) == table.description


def test_split_is_stratified_and_the_former_one_comes_back(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"when": pd.date_range("2020", periods=100), "y": ["early"] * 50 + ["late"] * 50})
    by_time = resplit(table_of(frame, "y"), Split(method="time", column="c0", test_share=0.2))
    tested = by_time.test_rows.tolist()
    changed = acted(by_time, Action("stratify"))
    assert changed.description.split and changed.description.split.method == "stratified"
    assert np.bincount(changed.test_rows // 50).tolist() == [10, 10]
    restored = undone(changed, by_time.description)
    assert restored.description == by_time.description and restored.test_rows.tolist() == tested
