"""Rows are cut into groups that a person would make, whatever the column holds."""

import numpy as np
import pandas as pd
import pytest

from dl.evaluation.groups import Group, grouped


def sizes(values: object, kind: str) -> list[int]:
    found = grouped(values, kind)
    assert [rows.tolist() for rows in found.split()] == [found.rows(place).tolist() for place in range(len(found))]
    return np.bincount(found.codes, minlength=len(found)).tolist()


def test_ranges_of_a_number_hold_equally_many_rows_and_end_at_values_that_occur() -> None:
    values = np.random.default_rng(0).permutation(np.arange(800.0))
    found = grouped(values, "number")
    assert sizes(values, "number") == [100] * 8
    assert found.groups[0] == Group("range", 0, 99) and found.groups[-1] == Group("range", 700, 799)
    assert all(group.low <= values[rows].min() for group, rows in zip(found.groups, found.split(), strict=True))


def test_few_values_are_each_a_group() -> None:
    found = grouped(np.array([3.0, 1, 2, 1]), "number")
    assert [(group.low, group.high) for group in found.groups] == [(1, 1), (2, 2), (3, 3)]
    assert found.codes.tolist() == [2, 0, 1, 0]


def test_value_that_most_rows_have_stands_alone_and_the_others_are_still_told_apart() -> None:
    values = np.append(np.zeros(900), np.arange(1, 101))
    found = grouped(values, "number")
    assert found.groups[0] == Group("range", 0, 0) and len(found) == 8
    assert sizes(values, "number")[0] == 900 and max(sizes(values, "number")[1:]) < 20


def test_value_in_the_midst_that_most_rows_have_stands_alone() -> None:
    groups = grouped(np.concatenate([np.arange(-50, 0), np.zeros(500), np.arange(1, 51)]), "number").groups
    assert Group("range", 0, 0) in groups
    assert all(group.high < 0 or group.low > 0 for group in groups if group != Group("range", 0, 0))


def test_missing_values_are_a_group_of_their_own() -> None:
    numbers = grouped(np.array([1.0, np.nan, 2]), "number")
    words = grouped(np.array(["a", None, "b"], object), "category")
    dates = grouped(np.array(["2020-01-01", "NaT"], "datetime64[s]"), "date")
    assert all(found.groups[-1] == Group("missing") for found in (numbers, words, dates))
    assert [found.codes.tolist() for found in (numbers, words, dates)] == [[0, 2, 1], [0, 2, 1], [0, 1]]


def test_dates_are_cut_at_dates() -> None:
    days = np.datetime64("2020-01-01") + np.arange(80)
    found = grouped(days, "date")
    assert sizes(days, "date") == [10] * 8
    assert found.groups[0] == Group("range", np.datetime64("2020-01-01", "us"), np.datetime64("2020-01-10", "us"))


def test_levels_are_the_most_frequent_first_and_rare_ones_stand_together() -> None:
    values = np.array([f"level {index}" for index in range(30) for _ in range(30 - index)], object)
    found = grouped(values, "category")
    assert [group.level for group in found.groups[:2]] == ["level 0", "level 1"]
    assert found.groups[-1] == Group("others", others=19)
    assert sizes(values, "category")[-1] == sum(range(1, 20))


def test_categorical_is_read_as_the_words_it_stands_for() -> None:
    words = np.array(["b", "a", None, "b"], object)
    some = pd.Categorical(words, categories=["unused", "a", "b"])
    assert [group.level for group in grouped(some, "category").groups] == ["b", "a", ""]
    assert grouped(some, "category").codes.tolist() == grouped(words, "category").codes.tolist()


@pytest.mark.parametrize("kind", ["number", "date", "category"])
def test_column_without_rows_has_no_groups_and_one_of_gaps_has_one(kind: str) -> None:
    empty, gap = {"number": ([], np.nan), "date": ([], "NaT"), "category": ([], None)}[kind]
    dtype = {"number": float, "date": "datetime64[s]", "category": object}[kind]
    assert len(grouped(np.array(empty, dtype), kind)) == 0 and grouped(np.array(empty, dtype), kind).split() == []
    assert grouped(np.array([gap, gap], dtype), kind).groups == (Group("missing"),)
