"""Whatever is brought: one clear error and nothing left of it, or a table that can be read."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from dl.datasets import DatasetStore
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.table import Table
from dl.errors import DatasetError
from dl.workspace import Workspace

_spec = spec_from_file_location("broken_files", Path(__file__).with_name("broken_files.py"))
assert _spec and _spec.loader
broken_files = module_from_spec(_spec)
_spec.loader.exec_module(broken_files)
FILES = broken_files.FILES
REFUSED = {
    "empty": "empty",
    "only_blank_lines": "empty",
    "header_only": "no_rows",
    "one_row": "too_few_rows",
    "one_column": "no_features",
    "mostly_ragged": "",
    "binary": "binary",
    "10000_columns": "too_many_columns",
    "all_missing": "none",
    "empty_workbook": "empty",
    "half_a_workbook": "damaged",
    "zip_bomb": "zip_bomb",
    "gzip_bomb": "zip_bomb",
    "half_a_gzip": "damaged",
    "half_a_parquet": "damaged",
    "a_json_array": "not_json_lines",
}


def bring(name: str, tmp_path: Path, **wishes: Any) -> Table:
    content, called = FILES[name]()
    (tmp_path / called).write_bytes(content)
    store = DatasetStore(Workspace(tmp_path / "home", tmp_path / "downloads"))
    store.bring_table(TableRequest(id="some", name=called, source=str(tmp_path / called), **wishes))
    return store.table("some")


def test_there_are_at_least_forty() -> None:
    assert len(FILES) >= 40 and REFUSED.keys() <= FILES.keys()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_file_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        bring(name, tmp_path)
    assert REFUSED[name] in ("", caught.value.facts["reason"])
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", sorted(FILES.keys() - REFUSED.keys()))
def test_file_that_can_be_read_is_a_table_whose_rows_can_be_asked_for(name: str, tmp_path: Path) -> None:
    table = bring(name, tmp_path)
    known = table.description
    found = table.connect().execute(f"FROM {table.relation()} ORDER BY row").fetchall()
    assert len(found) == known.rows.total > 9 and len(found[0]) == len(known.columns) + 2
    assert len({column.name for column in known.columns}) == len(known.columns)
    assert sorted(path.name for path in table.folder.iterdir() if path.name != "left_out.csv") == [
        "dataset.json",
        "rows.parquet",
        "test_rows.npy",
    ]


LEFT_OUT = {
    "ragged": {"too_many_fields"},
    "mixed_encoding": {"encoding"},
    "5_mb_in_a_cell": {"too_long"},
    "json_lines_with_bad_ones": {"not_json"},
}


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_bad_rows_are_named(name: str, tmp_path: Path) -> None:
    from dl.datasets.tables.left_out import read_left_out

    table = bring(name, tmp_path)
    left = read_left_out(table.folder / "left_out.csv")
    assert {row.reason for row in left} == LEFT_OUT[name] and len(left) == table.description.left_out > 0


@pytest.mark.parametrize("number", range(5))
def test_dates_in_five_manners_are_dates(number: int, tmp_path: Path) -> None:
    assert bring(f"dates_{number}", tmp_path, target="y").description.columns[0].kind == "date"


def test_numbers_with_units_and_marks_are_numbers(tmp_path: Path) -> None:
    columns = bring("units", tmp_path, target="y", task="regression").description.columns
    assert [column.unit for column in columns] == ["kg", "$", "%"]  # type: ignore[union-attr]
    (tmp_path / "more").mkdir()
    table = bring("thousands", tmp_path / "more")
    greatest = table.connect().execute(f"SELECT max(c0) FROM {table.relation()}").fetchone()
    assert table.types["c0"] == "DOUBLE" and greatest == (1039.5,)
