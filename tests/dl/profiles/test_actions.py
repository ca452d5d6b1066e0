"""What is done about a finding changes what is said of a column, and not its values."""

from collections.abc import Callable

import pandas as pd
import pytest

from dl.datasets.columns import Category, Number
from dl.datasets.tables.table import Table
from dl.profiles.actions import acted
from dl.profiles.finding import LEAVE, Action

FRAME = pd.DataFrame({"a": ["1", "2", "?", "x"], "b": [1.0, 2.0, 3.0, 4.0], "y": [0.0, 1.0, 1.0, -9.0]})


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    return table_of(FRAME, "y", a=Category(name="a", missing=("?",)))


def test_column_is_ignored(table: Table) -> None:
    changed = acted(table, Action("ignore", "c0"))
    assert [column.role for column in changed.columns] == ["ignored", "feature", "target"]
    assert changed.columns[1:] == table.description.columns[1:]


def test_last_feature_is_not_ignored(table: Table) -> None:
    less = Table(table.folder, acted(table, Action("ignore", "c0")))
    with pytest.raises(ValueError, match="features and one target"):
        acted(less, Action("ignore", "c1"))


def test_spellings_come_to_those_that_are_known_to_mean_missing(table: Table) -> None:
    assert acted(table, Action("missing", "c0", ("x", "?"))).columns[0].missing == ("?", "x")


def test_kind_changes_and_all_else_stays(table: Table) -> None:
    changed = acted(table, Action("number", "c0", ("x",))).columns[0]
    assert changed == Number(name="a", field="c0", missing=("?", "x"))


def test_target_that_becomes_a_category_has_its_levels(table: Table) -> None:
    assert acted(table, Action("category", "c2")).classes == ("1", "-9", "0")
    spelled = Table(table.folder, acted(table, Action("category", "c2")))
    assert acted(spelled, Action("missing", "c2", ("-9",))).classes == ("1", "0")


def test_nothing_changes_when_it_is_left_as_it_is(table: Table) -> None:
    assert acted(table, LEAVE) == acted(table, Action("stratify")) == table.description
