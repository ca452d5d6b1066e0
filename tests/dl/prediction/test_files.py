"""A file comes back with an answer to each of its rows, however it is written and ordered."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dl.errors import MissingColumns, TableUnreadable
from dl.prediction.files import answer_file
from dl.prediction.networks import Networks, Ready
from dl.runs import Run
from dl.workspace import Workspace

HEAD = "age,city,since\n"


@pytest.fixture(scope="module")
def people(trained: Workspace) -> Ready:
    return Networks(trained).of(Run(trained.runs / "2"))


@pytest.fixture(scope="module")
def wages(trained: Workspace) -> Ready:
    return Networks(trained).of(Run(trained.runs / "3"))


def answered(ready: Ready, text: str | bytes, folder: Path, name: str = "new.csv") -> tuple[pd.DataFrame, list[int]]:
    source, target, staging = folder / name, folder / "out.csv", folder / "staging"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    staging.mkdir()
    assert ready.preparation
    left = answer_file(
        source, target, ready.dataset, ready.preparation, ready.encoded, staging, lambda done, rows: None
    )
    return pd.read_csv(target, encoding="utf-8-sig", dtype=str, keep_default_na=False), [row.line for row in left]


def test_each_row_has_the_answer_that_it_has_by_itself(people: Ready, tmp_path: Path) -> None:
    found, left = answered(people, f"{HEAD}41,Bern,2021-03-01\n62.5,,2020-05-05\n,Lyon,\n", tmp_path)
    rows = [
        {"age": 41, "city": "Bern", "since": "2021-03-01"},
        {"age": 62.5, "city": None, "since": "2020-05-05"},
        {"age": None, "city": "Lyon", "since": None},
    ]
    outputs = people.rows(rows)
    assert left == [] and list(found.columns[:5]) == ["age", "city", "since", "predicted", "confidence"]
    assert found["predicted"].tolist() == [people.dataset.classes[place] for place in outputs.argmax(axis=1)]
    for at, name in enumerate(people.dataset.classes):
        assert np.allclose(found[f"probability {name}"].astype(float), outputs[:, at], atol=1e-5)


def test_order_dialect_further_columns_and_the_target_make_no_difference(people: Ready, tmp_path: Path) -> None:
    first, _ = answered(people, f"{HEAD}41,Bern,2021-03-01\n20,Lyon,2020-02-02\n", tmp_path)
    (tmp_path / "other").mkdir()
    text = "note;since;kind;city;age\n=1+1;2021-03-01;old;Bern;41,0\nx;2020-02-02;far;Lyon;20,0\n"
    other, _ = answered(people, text, tmp_path / "other")
    assert other["predicted"].tolist() == first["predicted"].tolist()
    assert other["confidence"].tolist() == first["confidence"].tolist()
    assert other["note"].tolist() == ["'=1+1", "x"], "a formula is made harmless"


@pytest.mark.parametrize("target", ["", ",old"])
def test_file_without_names_has_the_columns_in_the_runs_order(target: str, people: Ready, tmp_path: Path) -> None:
    rows = "".join(f"{age},Bern,2021-03-01{target}\n" for age in (41.5, 62.5, 20.5))
    found, _ = answered(people, rows, tmp_path)
    expected = people.rows([{"age": age, "city": "Bern", "since": "2021-03-01"} for age in (41.5, 62.5, 20.5)])
    assert found["predicted"].tolist() == [people.dataset.classes[place] for place in expected.argmax(axis=1)]
    assert found["city"].tolist() == ["Bern"] * 3


def test_numbers_are_answered_in_the_unit_of_the_target(wages: Ready, tmp_path: Path) -> None:
    found, _ = answered(wages, f"{HEAD}41,Bern,2021-03-01\n", tmp_path)
    (expected,) = wages.rows([{"age": 41, "city": "Bern", "since": "2021-03-01"}])
    assert float(found["predicted"][0]) == pytest.approx(float(expected[0]), rel=1e-6)
    assert "confidence" not in found.columns


def test_missing_column_and_empty_file_are_said_and_rows_that_cannot_be_read_listed(
    people: Ready, tmp_path: Path
) -> None:
    with pytest.raises(MissingColumns) as caught:
        answered(people, "age,town,when\n1,Bern,2020-01-01\n", tmp_path)
    assert caught.value.facts["missing"] == ["city", "since"] and caught.value.facts["given"] == ["age", "town", "when"]
    for number, content in enumerate((HEAD, b"\x00\x01\x02" * 50)):
        (folder := tmp_path / str(number)).mkdir()
        with pytest.raises(TableUnreadable):
            answered(people, content, folder)
    (folder := tmp_path / "left").mkdir()
    found, left = answered(people, HEAD + "41,Bern,2021-03-01\n" * 30 + "1,2,3,4,5\n" + "20,Lyon,2020-02-02\n", folder)
    assert left == [32] and len(found) == 31


def test_many_rows_are_answered_in_their_order(people: Ready, tmp_path: Path) -> None:
    ages = np.arange(150_000) % 90
    source = tmp_path / "many.csv"
    pd.DataFrame({"age": ages, "city": "Bern", "since": "2021-03-01"}).to_csv(source, index=False)
    (tmp_path / "staging").mkdir()
    told: list[tuple[int, int]] = []
    assert people.preparation
    answer_file(
        source,
        tmp_path / "out.csv",
        people.dataset,
        people.preparation,
        people.encoded,
        tmp_path / "staging",
        lambda done, rows: told.append((done, rows)),
    )
    assert told[-1] == (150_000, 150_000) and len(told) > 1
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [int(row["age"]) for row in csv.DictReader(file)] == ages.tolist()
