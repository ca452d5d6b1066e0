"""A first look says how a file is written, and every part of that can be changed."""

from pathlib import Path

import openpyxl
import pytest

from dl.datasets.tables.preview import preview
from dl.errors import TableUnreadable, WrongDialect

TEXT = "a;b;c\n1,5;x;2020-01-02\n2,5;y;2020-01-03\n3;z\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "some [1].csv").write_text(TEXT)
    return tmp_path / "some [1].csv"


def test_dialect_kinds_and_rows_are_found(file: Path) -> None:
    seen = preview(file)
    assert (seen.dialect.delimiter, seen.dialect.decimal, seen.dialect.header) == (";", ",", True)
    assert seen.names == ("a", "b", "c") and seen.holds == ("number", "words", "date")
    assert seen.rows == (("1,5", "x", "2020-01-02"), ("2,5", "y", "2020-01-03"))
    assert [(left.line, left.code) for left in seen.left_out] == [(4, "left_out_too_few_fields")]


def test_what_is_known_better_is_taken(file: Path) -> None:
    assert preview(file, delimiter=",").names == ("a;b;c", "column 2")
    assert preview(file, header=False).rows[0] == ("a", "b", "c")
    assert preview(file, skip=1, header=False, delimiter=";").rows[0][0] == "1,5"
    assert preview(file, decimal=".").holds[0] == "words"
    with pytest.raises(WrongDialect):
        preview(file, decimal="!")
    with pytest.raises(TableUnreadable):
        preview(file, encoding="klingon")


def test_large_file_is_looked_at_from_its_head(tmp_path: Path) -> None:
    (tmp_path / "large.csv").write_text("n,y\n" + "".join(f"{n},café\n" for n in range(200_000)), "cp1252")
    seen = preview(tmp_path / "large.csv")
    assert len(seen.rows) == 50 and seen.rows[0] == ("0", "café")


def test_sheets_of_a_workbook_can_be_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("one", "two"):
        sheet = book.create_sheet(name)
        sheet.append(["a", name])
        sheet.append([1, True])
    book.save(tmp_path / "some.xlsx")
    seen = preview(tmp_path / "some.xlsx")
    assert seen.sheets == ("Sheet", "one", "two") and seen.dialect.sheet == "one" and seen.names == ("a", "one")
    assert preview(tmp_path / "some.xlsx", sheet="two").rows == (("1", "true"),)
    with pytest.raises(TableUnreadable):
        preview(tmp_path / "some.xlsx", sheet="three")


def test_bad_last_row_is_not_taken_for_the_table(tmp_path: Path) -> None:
    rows = "".join(f"{n},p{n % 3}\n" for n in range(60))
    (tmp_path / "some.csv").write_text("size,place\n" + rows + "=1+1,2,3,4,5\n")
    seen = preview(tmp_path / "some.csv")
    assert seen.names == ("size", "place") and [left.line for left in seen.left_out] == [62]


@pytest.mark.parametrize(
    ("head", "row", "target"),
    [("id;price;town", "{n};{n},5 €;p{m}", "price"), ("a;b", "x{n};y{n}", ""), ("a;b;c", "{n},5;{m};x{m}", "c")],
)
def test_likely_target_is_named_where_there_is_one(head: str, row: str, target: str, tmp_path: Path) -> None:
    rows = "\n".join(row.format(n=n, m=n % 3) for n in range(40))
    (tmp_path / "some.csv").write_text(f"{head}\n{rows}\n", encoding="utf-8")
    assert preview(tmp_path / "some.csv").target == target
