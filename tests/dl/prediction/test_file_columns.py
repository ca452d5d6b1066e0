"""A column of a file is read as what it is in the run, though the file alone would suggest something else."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from dl.datasets.columns import Category, Date, Number
from dl.datasets.description import Dataset, Origin, Rows
from dl.datasets.tables.dialect import Dialect
from dl.errors import TableUnreadable
from dl.prediction.files import answer_file
from dl.preparation.preparation import Preparation, PreparedCategory, PreparedNumber, PreparedTarget
from ui.text import has_text

COLUMNS = (
    Number(name="weight", field="c0", unit="kg"),
    Category(name="grade", field="c1", missing=("?",)),
    Date(name="day", field="c2"),
    Number(name="size", field="c3"),
    Category(name="kind", field="c4", role="target", levels=("a", "b")),
)
LEVELS = ("none", "1E5", "low")
HEAD = "weight;grade;day;size\n"
DAY = 18_687.0  # 2021-03-01, since 1970


def asked(
    text: str, folder: Path, levels: tuple[str, ...] = LEVELS, dialect: Dialect | None = None, name: str = "new.csv"
) -> tuple[list[list[float]], list[int], pd.DataFrame]:
    """The numbers and the categories that reach the network, and the file that comes back."""
    (folder / name).write_text(text)
    return answered(folder / name, folder, levels, dialect)


def answered(
    source: Path, folder: Path, levels: tuple[str, ...] = LEVELS, dialect: Dialect | None = None
) -> tuple[list[list[float]], list[int], pd.DataFrame]:
    taken: list[dict[str, NDArray[Any]]] = []

    def answer(inputs: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        taken.append(inputs)
        return np.tile(np.array([0.25, 0.75], np.float32), (len(inputs["numbers"]), 1))

    (folder / "staging").mkdir()
    target = folder / "out.csv"
    dataset = Dataset(
        id="things",
        name="things",
        columns=COLUMNS,
        rows=Rows(train=8, test=2),
        source="",
        licence="",
        origin=Origin(file="things.csv", dialect=dialect or Dialect(decimal=",", delimiter=";")),
    )
    answer_file(source, target, dataset, preparation(levels), answer, folder / "staging", lambda done, rows: None)
    back = pd.read_csv(target, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    return taken[0]["numbers"].tolist(), taken[0]["categories"][:, 0].tolist(), back


def preparation(levels: tuple[str, ...]) -> Preparation:
    """That leaves numbers as they are."""
    numbers = (
        PreparedNumber(name="weight", field="c0"),
        PreparedNumber(name="day", field="c2", kind="date", part="days"),
        PreparedNumber(name="size", field="c3"),
    )
    target = PreparedTarget(name="kind", field="c4", levels=("a", "b"))
    return Preparation(
        numbers=numbers, categories=(PreparedCategory(name="grade", field="c1", levels=levels),), target=target
    )


@pytest.mark.parametrize(
    ("levels", "word", "place"),
    [
        (LEVELS, "none", 1),  # which is also a way to say that nothing is known
        (LEVELS, "1E5", 2),  # which is also a number
        (("007", "08"), "007", 1),
        (("7", "8"), "7.0", 1),  # read from numbers, of which one is written otherwise
        (("7", "8", "many"), "many", 3),
        (("2021-03-01 00:00:00",), "2021-03-01", 1),
    ],
)
def test_category_is_the_level_that_was_learnt(levels: tuple[str, ...], word: str, place: int, tmp_path: Path) -> None:
    _, places, back = asked(f"{HEAD}1;{word};2021-03-01;1\n2;{word};2021-03-01;1\n", tmp_path, levels)
    assert places == [place, place] and back["grade"].tolist() == [word, word]


@pytest.mark.parametrize(
    ("weight", "expected"),
    [("1,234", 1.234), ("1.234", 1234.0), ("-1,5 kg", -1.5)],
)
def test_number_is_read_in_the_manner_of_the_run_where_it_may_be_another(
    weight: str, expected: float, tmp_path: Path
) -> None:
    numbers, *_ = asked(f"{HEAD}{weight};low;2021-03-01;1\n", tmp_path, dialect=german())
    assert numbers[0][0] == pytest.approx(expected)


def german() -> Dialect:
    return Dialect(decimal=",", thousands=".", delimiter=";")


@pytest.mark.parametrize(("first", "expected"), [(True, DAY), (False, 18_630.0)])  # 1 March, 3 January
def test_date_has_the_day_where_the_run_had_it(first: bool, expected: float, tmp_path: Path) -> None:
    numbers, _, back = asked(f"{HEAD}1;low;01/03/2021;1\n", tmp_path, dialect=Dialect(day_first=first))
    assert numbers[0][1] == expected and back["day"].tolist() == ["01/03/2021"]


def test_what_can_be_read_is_read_however_much_cannot(tmp_path: Path) -> None:
    text = f"{HEAD}1,5;low;13.03.2021;1\nheavy;low;soon;2\nlight;low;later;3\n?;low;;4\n"
    numbers, _, back = asked(text, tmp_path)
    assert [row[0] for row in numbers] == [1.5, 0, 0, 0] and [row[1] for row in numbers] == [DAY + 12, 0, 0, 0]
    assert back["weight"].tolist() == ["1,5", "heavy", "light", "?"]


def test_manner_of_dates_is_that_of_the_whole_file(tmp_path: Path) -> None:
    rows = "1;low;01/02/2021;1\n" * 10_100 + "1;low;03/13/2021;1\n"  # of which the first rows say nothing
    numbers, _, _ = asked(HEAD + rows, tmp_path)
    assert numbers[0][1] == 18_629.0 and asked_last(tmp_path) == "03/13/2021"


def asked_last(folder: Path) -> str:
    return (folder / "out.csv").read_text().splitlines()[-1].split(",")[2]


def test_cells_come_back_as_they_stood_and_own_headings_keep_their_names(tmp_path: Path) -> None:
    text = "predicted;size;weight;grade;day;phone;note\nold;0,10;-1,50;low;1.3.2021;007;=1+1\n"
    _, _, back = asked(text, tmp_path)
    assert back.columns.tolist()[:7] == ["predicted (2)", "size", "weight", "grade", "day", "phone", "note"]
    assert back.iloc[0, :7].tolist() == ["old", "0,10", "-1,50", "low", "1.3.2021", "007", "'=1+1"]
    assert back["predicted"].tolist() == ["b"]


def test_parquet_is_taken_at_its_word(tmp_path: Path) -> None:
    days = pd.to_datetime(["2021-03-01", None])
    frame = pd.DataFrame({"weight": [1.5, None], "grade": [7.0, 8.0], "day": days, "size": [1, 2]})
    frame.to_parquet(tmp_path / "new.parquet")
    numbers, places, _ = answered(tmp_path / "new.parquet", tmp_path, ("7", "8"))
    assert numbers == [[1.5, DAY, 1.0], [0.0, 0.0, 2.0]] and places == [1, 2]


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ("5 lb;low;2021-03-01;1", "other_unit", "weight"),
        ("5;low;2021-03-01;1 cm", "added_unit", "size"),
        ("?;low;2021-03-01;1\nheavy;low;2021-03-01;1", "no_numbers", "weight"),
        ("5;low;soon;1", "no_dates", "day"),
    ],
)
def test_what_cannot_be_meant_is_said(row: str, reason: str, column: str, tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable) as caught:
        asked(f"{HEAD}{row}\n", tmp_path)
    assert caught.value.facts["reason"] == reason and caught.value.facts["column"] == column
    assert caught.value.facts["given"] in row and caught.value.facts["given"] != "?"
    assert has_text(f"problem.table_unreadable_{reason}")


def test_column_of_nothing_but_gaps_is_answered_all_the_same(tmp_path: Path) -> None:
    numbers, places, _ = asked(f"{HEAD}NA;;;1\n;?;-;2\n", tmp_path)
    assert [row[:2] for row in numbers] == [[0.0, 0.0]] * 2 and places == [0, 0]
