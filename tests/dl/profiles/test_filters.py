"""What a user asks becomes our own SQL with gaps, and nothing else."""

from collections.abc import Callable

import pandas as pd
import pytest

from dl.datasets.tables.table import Table
from dl.errors import NotComparable, UnknownColumn
from dl.profiles.filters import Filter, Sort, conditions, filters_of, order, sort_of


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    frame = pd.DataFrame({'"; DROP TABLE x; --': [1.0], "t": pd.to_datetime(["2020-01-01"]), "y": ["a"]})
    return table_of(frame, "y")


def test_values_are_bound_and_names_of_users_do_not_appear(table: Table) -> None:
    sql, values = conditions(table, (Filter("c0", ">", "2"), Filter("c2", "contains", "x' --"), Filter("c0", "known")))
    assert sql == 'true AND "c0" > ? AND contains(lower(CAST("c2" AS VARCHAR)), lower(?)) AND "c0" IS NOT NULL'
    assert values == [2.0, "x' --"]
    assert order(table, Sort("c0", True)) == '"c0" DESC NULLS LAST, row'


@pytest.mark.parametrize("field", ["c9", "row", 'c0" --'])
def test_columns_that_are_not_there_are_refused(table: Table, field: str) -> None:
    with pytest.raises(UnknownColumn):
        conditions(table, (Filter(field, "known"),))
    with pytest.raises(UnknownColumn):
        order(table, Sort(field))


@pytest.mark.parametrize(("field", "value", "reason"), [("c0", "many", "number"), ("c1", "soon", "date")])
def test_value_of_another_kind_is_refused(table: Table, field: str, value: str, reason: str) -> None:
    with pytest.raises(NotComparable) as refused:
        conditions(table, (Filter(field, "=", value),))
    assert refused.value.facts["reason"] == reason and refused.value.facts["given"] == value


FILTERS = (Filter("c0", "≥", "2"), Filter("c2", "contains", "a = b"), Filter("c1", "missing"))


def test_filters_and_order_are_the_same_after_a_way_through_an_address(table: Table) -> None:
    assert filters_of(table, [str(each) for each in FILTERS]) == FILTERS
    for sort in (Sort(), Sort("c1"), Sort("c1", True)):
        assert sort_of(table, str(sort)) == sort


def test_nonsense_in_an_address_counts_as_not_there(table: Table) -> None:
    assert filters_of(table, ["", "c0", "c9 = 1", "c0 ; DROP", "row = 1"]) == ()
    assert sort_of(table, "c9 down") == Sort("line", True) and sort_of(table, "") == Sort()
