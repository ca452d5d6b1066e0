"""A profile is computed once, and anew when what is said of a column changes."""

from collections.abc import Callable

import pandas as pd
import pytest

from dl.datasets.columns import Category
from dl.datasets.tables.table import Table
from dl.profiles.actions import acted
from dl.profiles.finding import Action
from dl.profiles.kept import kept_profile, kept_profiles, path_of
from dl.profiles.profiling import RowsRead


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    return table_of(pd.DataFrame({"a": ["1", "2", "?"], "y": [0.0, 1.0, 2.0]}), "y", a=Category(name="a"))


def test_profile_is_found_again_and_not_computed(table: Table) -> None:
    assert kept_profile(table) is None
    told: list[RowsRead] = []
    (first,) = kept_profiles(table, told.append)
    assert first.is_exact and len(told) == 1
    assert [kept_profile(table)] == list(kept_profiles(table, told.append)) == [first]
    assert len(told) == 1


def test_profile_is_another_when_a_column_is_said_to_be_something_else(table: Table) -> None:
    list(kept_profiles(table))
    changed = acted(table, Action("missing", "c0", ("?",)))
    assert kept_profile(changed) is None
    (found,) = kept_profiles(changed)
    assert found.columns[0].missing.value == pytest.approx(1 / 3)
    assert kept_profile(table) is not None


def test_torn_file_is_no_profile(table: Table) -> None:
    list(kept_profiles(table))
    path_of(table).write_text("{")
    assert kept_profile(table) is None
    assert [found.is_exact for found in kept_profiles(table)] == [True]


def test_profile_comes_even_if_it_cannot_be_kept(table: Table) -> None:
    path_of(table).parent.write_text("in the way")
    assert [found.is_exact for found in kept_profiles(table)] == [True]
