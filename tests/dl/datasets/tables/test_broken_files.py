"""Whatever is brought: one clear error and nothing left of it, or a table that can be read."""

from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from dl.datasets import DatasetStore
from dl.datasets.tables.left_out import read_left_out
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
    "a_web_page": "web_page",
    "a_json_array": "not_json_lines",
}
LEFT_OUT = {
    "ragged": {"too_many_fields"},
    "mixed_encoding": {"encoding"},
    "5_mb_in_a_cell": {"too_long"},
    "json_lines_with_bad_ones": {"not_json"},
}
READABLE = sorted(FILES.keys() - REFUSED.keys())
WISHES: dict[str, dict[str, str]] = {"units": {"target": "y", "task": "regression"}}
MANY = {"2000_columns"}  # as many as are allowed, and slow for it
Readable = Callable[[str], Table]


def bring(name: str, place: Path) -> Table:
    content, called = FILES[name]()
    (place / called).write_bytes(content)
    store = DatasetStore(Workspace(place / "home", place / "downloads"))
    store.bring_table(TableRequest(id="some", name=called, source=str(place / called), **WISHES.get(name, {})))
    return store.table("some")


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory) -> Readable:
    """By its name the table of a file, which is brought once."""
    return cache(lambda name: bring(name, tmp_path_factory.mktemp(name)))


def test_there_are_at_least_forty() -> None:
    assert len(FILES) >= 40 and REFUSED.keys() <= FILES.keys()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_file_leaves_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        bring(name, tmp_path)
    assert REFUSED[name] in ("", caught.value.facts["reason"])
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in MANY else ()) for name in READABLE],
)
def test_file_that_can_be_read_is_a_table_whose_rows_can_be_asked_for(name: str, readable: Readable) -> None:
    table = readable(name)
    known = table.description
    found = table.connect().execute(f"FROM {table.relation()} ORDER BY row").fetchall()
    assert len(found) == known.rows.total > 9 and len(found[0]) == len(known.columns) + 2
    assert len({column.name for column in known.columns}) == len(known.columns)
    assert sorted(path.name for path in table.folder.iterdir() if path.name != "left_out.csv") == [
        "dataset.json",
        "rows.parquet",
        "test_rows.npy",
    ]


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_bad_rows_are_named(name: str, readable: Readable) -> None:
    table = readable(name)
    left = read_left_out(table.folder / "left_out.csv")
    assert {row.reason for row in left} == LEFT_OUT[name] and len(left) == table.description.left_out > 0


@pytest.mark.parametrize("number", range(5))
def test_dates_in_five_manners_are_dates(number: int, readable: Readable) -> None:
    assert readable(f"dates_{number}").description.columns[0].kind == "date"


def test_numbers_with_units_and_marks_are_numbers(readable: Readable) -> None:
    columns = readable("units").description.columns
    assert [column.unit for column in columns] == ["kg", "$", "%"]  # type: ignore[union-attr]
    table = readable("thousands")
    greatest = table.connect().execute(f"SELECT max(c0) FROM {table.relation()}").fetchone()
    assert table.types["c0"] == "DOUBLE" and greatest == (1039.5,)
