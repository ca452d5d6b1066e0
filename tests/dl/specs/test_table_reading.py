"""The script of a table reads the user's own file as it was imported, and finds the same rows in it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets import DatasetStore, split
from dl.datasets.tables.bringing import write_table
from dl.datasets.tables.changes import resplit, set_missing
from dl.datasets.tables.readings import _DATES, _TIME
from dl.datasets.tables.request import TableRequest
from dl.datasets.tables.splits import Split
from dl.datasets.tables.splitting import RANKED_ROWS
from dl.datasets.tables.table import Table
from dl.preparation.encoding import encoded
from dl.preparation.learning import learn
from dl.specs import table_reading, table_splitting
from dl.specs.presets import default_spec
from dl.specs.script import keras_script

NAME = '"); import os; #'
ROWS = 200
READ = {".csv": "csv", ".xlsx": "excel", ".jsonl": "json_lines", ".parquet": "parquet"}


def frame() -> pd.DataFrame:
    """Of all kinds, with gaps, codes, a name that is a program, and rows that are there twice."""
    random = np.random.default_rng(1)
    made = pd.DataFrame(
        {
            "age": np.where(random.random(ROWS) < 0.1, -999, random.normal(40, 10, ROWS).round(1)),
            NAME: np.where(random.random(ROWS) < 0.3, np.nan, random.lognormal(10, 1, ROWS).round(2)),
            "job": random.choice(["nurse", "cook", 'it\'s "quoted"', None], ROWS, p=[0.5, 0.3, 0.1, 0.1]),
            "rooms": random.choice([1.0, 2.0], ROWS),
            "born": pd.Timestamp("1970-03-01") + pd.to_timedelta(random.integers(0, 20_000, ROWS), unit="D"),
            "rich": random.choice(["yes", "no"], ROWS),
        }
    )
    return pd.concat([made, made[:20]], ignore_index=True)


def write_german(path: Path) -> None:
    """Decimal commas, points between thousands, dates with the day first, another encoding, and a title above."""
    made = frame()
    made["job"] = made["job"].replace("cook", "Köchin")
    made[NAME] = made[NAME].map(
        lambda value: "" if np.isnan(value) else f"{value:_.2f}".replace(".", ",").replace("_", ".")
    )
    made["age"] = made["age"].map(lambda value: f"{value:.1f}".replace(".", ","))
    made["born"] = made["born"].dt.strftime("%d.%m.%Y")
    path.write_bytes(made.to_csv(index=False, sep=";", lineterminator="\r\n").encode("cp1252"))


def write_broken(path: Path) -> None:
    """Lines with too few and too many fields, empty ones, and one in another encoding."""
    lines = frame().replace("cook", "Köchin").to_csv(index=False).encode().splitlines(keepends=True)
    lines[7:7] = [b"1,2\n", b"\n", b"1,2,3,4,5,6,7\n"]
    lines[30] = b"31,5,caf\xe9,1,1999-01-01,yes\n"
    path.write_bytes(b"".join(lines))


WRITERS: dict[str, Callable[[Path], Any]] = {
    "packed.csv.gz": lambda path: frame().to_csv(path, index=False),
    "german.csv": write_german,
    "broken.csv": write_broken,
    "book.xlsx": lambda path: frame().to_excel(path, index=False, sheet_name="people"),
    "lines.jsonl": lambda path: frame().to_json(path, orient="records", lines=True, date_format="iso"),
    "rows.parquet": lambda path: frame().to_parquet(path, index=False),
}


def brought(folder: Path, path: Path, **wishes: Any) -> Table:
    folder.mkdir()
    request = TableRequest(id="some", name="Some", source=str(path), **{"target": "rich", **wishes})
    return Table(folder, write_table(folder, request))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Table:
    folder = tmp_path_factory.mktemp("plain")
    frame().to_csv(folder / "plain.csv", index=False)
    return brought(folder / "table", folder / "plain.csv")


def arrays_of(table: Table, path: Path, monkeypatch: pytest.MonkeyPatch, test: str = "") -> dict[str, Any]:
    """What the script has made before it builds its network, Keras left out."""
    spec = default_spec(table.description)
    assert spec.model.columns
    script = keras_script(spec, table.description, preparation=learn(table, spec.model.columns))
    text = re.sub(r"^(import keras|from keras.*|keras\.utils.*)\n", "", script[: script.index("# Network")], flags=re.M)
    names: dict[str, Any] = {}
    monkeypatch.setattr("sys.argv", ["train.py", str(path), *([test] if test else [])])
    exec(text, names)
    return names


def assert_same(table: Table, names: dict[str, Any]) -> None:
    spec = default_spec(table.description)
    assert spec.model.columns
    made = encoded(table, learn(table, spec.model.columns))
    known = made.labelled(table.train_rows)
    train, validation = split(len(known), spec.data.validation_share, spec.training.seed)
    parts = {"train": known[train], "validation": known[validation], "test": made.labelled(table.test_rows)}
    for part, rows in parts.items():
        for name, array in made.inputs.items():
            np.testing.assert_allclose(names[f"x_{part}"][name], array[rows], rtol=1e-6, atol=1e-6)
        targets = (
            made.targets[rows]
            if made.preparation.target.levels
            else made.preparation.target.standardised(made.targets[rows])
        )
        np.testing.assert_allclose(np.ravel(names[f"y_{part}"]), targets, rtol=1e-6)


@pytest.mark.parametrize("file", WRITERS)
def test_every_kind_of_file_is_read_as_it_was_imported(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    WRITERS[file](tmp_path / file)
    table = brought(tmp_path / "table", tmp_path / file)
    assert table.description.origin and table.description.left_out == (3 if file == "broken.csv" else 0)
    table = set_missing(table, "c0", ["-999"])
    assert_same(table, arrays_of(table, tmp_path / file, monkeypatch))


@pytest.mark.parametrize(
    "split",
    [
        Split(method="random", test_share=0.3, seed=5),
        Split(method="stratified", seed=2),
        Split(method="time", column="c4", test_share=0.25),
        Split(method="group", column="c2"),
    ],
    ids=lambda split: split.method,
)
def test_every_split_has_the_same_test_rows(split: Split, plain: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table = resplit(plain, split)
    names = arrays_of(table, plain.folder.parent / "plain.csv", monkeypatch)
    assert np.flatnonzero(names["is_test"]).tolist() == table.test_rows.tolist()


def test_test_file_stays_the_test_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame()[:150].to_csv(tmp_path / "some.csv", index=False)
    frame()[150:].to_csv(tmp_path / "test.csv", index=False)
    table = brought(tmp_path / "table", tmp_path / "some.csv", test_source=str(tmp_path / "test.csv"))
    assert_same(table, arrays_of(table, tmp_path / "some.csv", monkeypatch, str(tmp_path / "test.csv")))


@pytest.mark.parametrize("name", ["iris", "diabetes"])
def test_built_in_table_is_made_anew(name: str, furnish: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = DatasetStore(furnish(tmp_path / "home", name)).table(name)
    assert_same(table, arrays_of(table, tmp_path, monkeypatch))


def test_another_file_is_told_from_that_of_the_run(
    plain: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame()[:100].to_csv(tmp_path / "less.csv", index=False)
    with pytest.raises(SystemExit, match="not the table of the run"):
        arrays_of(plain, tmp_path / "less.csv", monkeypatch)
    with pytest.raises(SystemExit, match="is not here"):
        arrays_of(plain, tmp_path / "none.csv", monkeypatch)


def test_manners_of_dates_are_those_of_the_import() -> None:
    assert {name: formats for name, (formats, _) in _DATES.items() if formats} == table_reading.MANNERS
    assert (table_reading.TIMES, table_splitting.RANKED_ROWS) == (_TIME, RANKED_ROWS)
