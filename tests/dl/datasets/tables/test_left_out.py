"""Rows that could not be read are kept as they stand, for people and for spreadsheets."""

from pathlib import Path

import pytest

from dl.datasets.tables.left_out import LeftOut, read_left_out, write_left_out
from dl.spreadsheet import without_formulas


def test_rows_come_back_and_only_the_first_of_very_many(tmp_path: Path) -> None:
    rows = [LeftOut(line, "too_few_fields", 'a,"b\nc', 2, 3) for line in range(5)]
    write_left_out(tmp_path / "left.csv", rows)
    assert read_left_out(tmp_path / "left.csv") == rows and len(read_left_out(tmp_path / "left.csv", 2)) == 2
    assert read_left_out(tmp_path / "none.csv") == []


@pytest.mark.parametrize("text", ["=cmd|'/C calc'!A1", "+1+1", "-x", "-1,5-2", "@SUM(1)", "\t=1"])
def test_formula_is_escaped(text: str) -> None:
    assert without_formulas(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1.5", "+3", "-1.234,5", "a=b", ""])
def test_number_and_plain_words_stay(text: str) -> None:
    assert without_formulas(text) == text
