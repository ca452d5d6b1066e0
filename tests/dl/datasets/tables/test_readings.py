"""What the words of a column can be read as, told from some of them."""

import duckdb
import pytest

from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.readings import Reading, day_is_first, guess, is_plain_decimal, manner_of_numbers, words

PLAIN = Dialect()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2.5", None, "NA", " -3e4 "], Reading("number")),
        (["1 kg", "2 kg"], Reading("number", unit="kg")),
        (["$1", "$2.50"], Reading("number", unit="$")),
        (["1"] * 19 + ["many"], Reading("number", is_mixed=True)),
        (["1", "many"], Reading("words")),
        (["007", "8"], Reading("words")),
        (["12345678901234567890"], Reading("words")),
        (["", "?", None], Reading("number", is_guess=True)),
        (["2020-01-02", "2020-01-02 03:04"], Reading("date", dates="iso")),
        (["2020-01-02 03:04Z", "2020-01-02T03:04:05+02"], Reading("date", dates="zoned")),
        (["13/1/2020", "1/2/2020"], Reading("date", dates="day_first")),
        (["1/13/2020", "1/2/2020"], Reading("date", dates="month_first")),
        (["1 Mar 2020"], Reading("date", dates="month_name")),
    ],
)
def test_kind_is_guessed_from_the_words(values: list[str | None], expected: Reading) -> None:
    assert guess(values, PLAIN) == expected


def test_day_comes_first_unless_it_is_said_otherwise() -> None:
    assert guess(["1/2/2020"], PLAIN).dates == "day_first"
    assert guess(["1/2/2020"], PLAIN.changed({"day_first": False})).dates == "month_first"


@pytest.mark.parametrize(
    ("values", "manner"),
    [(["1.5", "2"], (".", "")), (["1,5", "2,25"], (",", "")), (["1.234,5"], (",", ".")), (["1'000.5"], (".", "'"))],
)
def test_marks_are_those_with_which_most_columns_are_numbers(values: list[str], manner: tuple[str, str]) -> None:
    found = manner_of_numbers([values, ["a", "b"], ["1", "2"]], PLAIN)
    assert (found.decimal, found.thousands) == manner


def test_marks_that_may_be_others_are_those_of_the_dialect() -> None:
    found = manner_of_numbers([["1,234"]], PLAIN.changed({"decimal": ","}))
    assert (found.decimal, found.thousands) == (",", "")


def test_where_the_day_stands_is_told_by_the_columns_that_say_so() -> None:
    day, month = Reading("date", dates="day_first"), Reading("date", dates="month_first")
    american = PLAIN.changed({"day_first": False})
    assert day_is_first([Reading("words"), day], american) and day_is_first([day, month], american)
    assert not day_is_first([month], PLAIN) and day_is_first([], PLAIN) and not day_is_first([], american)


def test_decimals_are_plain_when_nothing_else_stands_between_them() -> None:
    number = Reading("number")
    assert is_plain_decimal(["1.5", None, "2", "0.1"], number)
    assert not is_plain_decimal(["1.5", "NA"], number) and not is_plain_decimal(["1", "2"], number)
    assert not is_plain_decimal(["1.5 kg"], Reading("number", unit="kg"))


def test_words_lose_the_spaces_around_them_and_are_missing_when_nothing_is_left() -> None:
    found = duckdb.sql(f"SELECT {words('w')} FROM (VALUES (' a '), ('a b '), ('  '), (''), ('+')) AS t(w)").fetchall()
    assert found == [("a",), ("a b",), (None,), (None,), ("+",)]
