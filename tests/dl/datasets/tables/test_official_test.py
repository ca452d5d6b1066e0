"""A test file that writes its classes otherwise than the rows to learn from."""

from collections.abc import Callable
from pathlib import Path

from dl.datasets.tables.changes import resplit, set_target
from dl.datasets.tables.official_test import unseen_levels
from dl.datasets.tables.splits import Split
from dl.datasets.tables.table import Table

ROWS = "note,income\n" + "".join(f"It is {n}.,{'high' if n % 3 else 'low'}\n" for n in range(30))


def with_test_file(brought: Callable[..., Table], tmp_path: Path, rows: str) -> Table:
    (tmp_path / "test.csv").write_text("note,income\n" + rows)
    return brought(ROWS, target="income", test_source=str(tmp_path / "test.csv"))


def test_points_that_only_the_test_file_has_are_taken_away(brought: Callable[..., Table], tmp_path: Path) -> None:
    table = with_test_file(brought, tmp_path, "It is 1.,high.\nIt is 2.,low.\nIt is 3.,never.\n")
    assert table.description.classes == ("high", "low", "never")
    assert table.description.origin and table.description.origin.pointed == ("income",)
    found = table.connect().execute(f"SELECT c0 FROM {table.relation()} WHERE row >= 30").fetchall()
    assert found == [("It is 1.",), ("It is 2.",), ("It is 3.",)]
    assert unseen_levels(table) == ["never"]


def test_points_are_left_where_some_value_has_none(brought: Callable[..., Table], tmp_path: Path) -> None:
    table = with_test_file(brought, tmp_path, "It is 1.,high.\nIt is 2.,low\n")
    assert table.description.origin and table.description.origin.pointed == ()
    assert unseen_levels(table) == ["high."]


def test_official_rows_can_be_chosen_again(brought: Callable[..., Table], tmp_path: Path) -> None:
    table = with_test_file(brought, tmp_path, "It is 1.,high\nIt is 2.,low\n")
    again = resplit(resplit(table, Split()), Split(method="file"))
    assert again.test_rows.tolist() == [30, 31] and again.description.fingerprint == table.description.fingerprint


def test_number_has_no_classes_that_are_unseen(brought: Callable[..., Table]) -> None:
    table = brought("a,b\n" + "".join(f"{n / 2},{n % 3}\n" for n in range(30)), target="b")
    assert unseen_levels(set_target(table, "c0", "regression")) == []
