"""A file of rows becomes a table: judged, split, and every row still knows its line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dl.datasets.columns import Category, Date, Number
from dl.datasets.tables.left_out import read_left_out
from dl.datasets.tables.splits import Split
from dl.datasets.tables.table import Table
from dl.errors import DatasetError, TableUnreadable, UnknownColumn, WrongTarget

Bring = Callable[..., Table]
ROWS = "id,size,colour,price\n" + "".join(
    f"{n + 1},{n * 1.5},{'red' if n % 3 else 'blue'},{n * 10}\n" for n in range(40)
)


def rows_of(table: Table) -> list[tuple[Any, ...]]:
    return table.connect().execute(f"FROM {table.relation()} ORDER BY row").fetchall()


def test_columns_are_judged_and_the_last_one_with_a_telling_name_is_the_target(brought_once: Bring) -> None:
    known = brought_once(ROWS).description
    assert [(column.kind, column.role) for column in known.columns] == [
        ("identifier", "ignored"),
        ("number", "feature"),
        ("category", "feature"),
        ("number", "target"),
    ]
    assert known.rows.total == 40 and known.rows.test == 8 and len(known.fingerprint) == 64
    assert known.origin and (known.origin.file, known.origin.dialect.delimiter) == ("some.csv", ",")


def test_rows_keep_order_and_line(brought_once: Bring) -> None:
    assert rows_of(brought_once(ROWS))[:2] == [(0, 2, "1", 0.0, "blue", 0.0), (1, 3, "2", 1.5, "red", 10.0)]


def test_bad_rows_are_left_out_listed_and_the_lines_of_the_others_stay_true(brought_once: Bring) -> None:
    table = brought_once(ROWS.replace("\n5,", "\n\n5,9,9,red,1\n5,", 1).replace("\n9,", "\n9\n9,", 1))
    assert table.description.left_out == 2
    left = read_left_out(table.folder / "left_out.csv")
    assert [(row.line, row.reason, row.found, row.expected, row.row) for row in left] == [
        (7, "too_many_fields", 5, 4, "5,9,9,red,1"),
        (12, "too_few_fields", 1, 4, "9"),
    ]
    assert [row[1] for row in rows_of(table)] == [2, 3, 4, 5, 8, 9, 10, 11, *range(13, 45)]


def test_line_is_true_after_a_value_of_several_lines(brought_once: Bring) -> None:
    table = brought_once(ROWS.replace("red", '"light\nred"', 1))
    assert [row[1] for row in rows_of(table)][:4] == [2, 3, 5, 6]


def test_test_file_gives_the_test_rows_whatever_the_order_of_its_columns(brought_once: Bring, tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("price,colour,size,id\n7,red,1,41\n9,blue,2,42\n")
    table = brought_once(ROWS, test_source=str(tmp_path / "test.csv"))
    assert table.description.rows.model_dump() == {"train": 40, "test": 2} and table.test_rows.tolist() == [40, 41]
    assert rows_of(table)[-1] == (41, 3, "42", 2.0, "blue", 9.0)
    assert table.description.split == Split(method="file")


def test_test_file_with_other_columns_is_refused(brought_once: Bring, tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("price,colour\n7,red\n9,blue\n")
    with pytest.raises(TableUnreadable) as caught:
        brought_once(ROWS, test_source=str(tmp_path / "test.csv"))
    assert (caught.value.facts["reason"], caught.value.facts["columns"]) == ("other_columns", ["id", "size"])


def test_target_and_task_are_as_they_are_wished(brought_once: Bring) -> None:
    known = brought_once(ROWS, target="size", task="classification").description
    assert isinstance(known.target, Category) and known.target.levels[:3] == ("0", "1.5", "3")
    assert isinstance(brought_once(ROWS, target="colour").description.target, Category)
    with pytest.raises(UnknownColumn):
        brought_once(ROWS, target="weight")
    with pytest.raises(WrongTarget):
        brought_once(ROWS, target="colour", task="regression")


def test_words_that_mean_missing_do_not_make_numbers_words_and_other_words_are_kept(brought_once: Bring) -> None:
    gaps = brought_once(ROWS.replace(",4.5,", ",NA,").replace(",7.5,", ", ? ,"))
    assert gaps.types["c1"] == "DOUBLE" and [row[3] for row in rows_of(gaps)][3:6] == [None, 6.0, None]
    mixed = brought_once(ROWS.replace(",4.5,", ",unknown,"))
    assert isinstance(mixed.description.columns[1], Number) and mixed.types["c1"] == "VARCHAR"
    assert [row[3] for row in rows_of(mixed)][2:5] == [3.0, None, 6.0]


def test_what_only_later_rows_show_is_found_by_looking_at_all_of_them(brought_once: Bring) -> None:
    many = "".join(f"{n % 13},2020-01-{n % 28 + 1:02},{n % 12 + 1}/1/2020,,{n % 2}\n" for n in range(12_000))
    later = "".join(f"00{n},2020-02-01,1/{n % 28 + 1}/2020,{n}.5,1\n" for n in range(5_000))
    table = brought_once("code,day,date,late,y\n" + many + later)
    assert table.types == {"c0": "VARCHAR", "c1": "TIMESTAMP", "c2": "TIMESTAMP", "c3": "DOUBLE", "c4": "DOUBLE"}
    assert table.description.origin and not table.description.origin.dialect.day_first
    last = rows_of(table)[-1]
    assert last[2] == "004999" and (last[4].month, last[4].day) == (1, 4999 % 28 + 1) and last[5] == 4999.5


def test_identical_rows_are_never_on_both_sides(brought_once: Bring) -> None:
    table = brought_once("a,b,y\n" + "".join(f"{n % 60},{n % 60},{'yes' if n % 2 else 'no'}\n" for n in range(300)))
    values = [row[2:] for row in rows_of(table)]
    test = {values[row] for row in table.test_rows}
    assert test and not test & {values[row] for row in table.train_rows}


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "empty"), ("a,b\n", "no_rows"), ("a,b\n1,2\n", "too_few_rows"), (bytes(range(256)) * 9, "binary")],
)
def test_what_is_no_table_is_refused_in_one_word(content: str | bytes, reason: str, brought_once: Bring) -> None:
    with pytest.raises(DatasetError) as caught:
        brought_once(content)
    assert (caught.value.code, caught.value.facts["reason"]) == ("table_unreadable", reason)


def test_test_rows_are_ascending_and_stratified_by_the_levels_of_the_target(brought_once: Bring) -> None:
    table = brought_once("x,y\n" + "".join(f"{n},{'yes' if n % 10 == 0 else 'no'}\n" for n in range(500)))
    targets = np.array([row[-1] for row in rows_of(table)])[table.test_rows]
    assert (np.diff(table.test_rows) > 0).all() and (targets == "yes").sum() == 10 and len(targets) == 100


@pytest.mark.parametrize("plain", [0, 12_000])
def test_times_with_an_offset_are_in_utc_wherever_the_offsets_begin(plain: int, brought_once: Bring) -> None:
    zoned = "".join(f"2020-01-01T10:{n:02}:00{'-0530' if n % 2 else '+02:00'},{n % 3}\n" for n in range(40))
    table = brought_once("when,y\n" + "2020-01-01 10:00:00,1\n" * plain + zoned, target="y")
    assert isinstance(column := table.description.columns[0], Date) and column.zone == "UTC"
    found = [row[2].isoformat() for row in rows_of(table)]
    assert found[plain : plain + 2] == ["2020-01-01T08:00:00", "2020-01-01T15:31:00"]
    assert set(found[:plain]) <= {"2020-01-01T10:00:00"}


def test_what_only_later_rows_have_wrong_is_left_out_or_missing_as_anywhere(brought_once: Bring) -> None:
    plain = "".join(f"{n}.5,{n % 7}.25,{'no' if n % 3 else 'yes'}\n" for n in range(11_000))
    table = brought_once(f"a,b,y\n{plain}1.5,NA,no\n2.5,2.25,no,2\n3.5,7.25,yes\n")
    assert table.types == {"c0": "DOUBLE", "c1": "DOUBLE", "c2": "VARCHAR", "line": "BIGINT"}
    assert [row[1:] for row in rows_of(table)[-2:]] == [(11_002, 1.5, None, "no"), (11_004, 3.5, 7.25, "yes")]
    assert [left.line for left in read_left_out(table.folder / "left_out.csv")] == [11_003]
    sound = brought_once(f"a,b,y\n{plain}")
    assert rows_of(sound) == [row for row in rows_of(table) if row[1] < 11_002]
