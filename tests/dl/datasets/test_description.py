"""What `dataset.json` says, in columns or as it was said before there were any."""

from typing import Any

import pytest
from pydantic import ValidationError

from dl.datasets import Category, Dataset, Number, Picture

BEFORE = {
    "id": "mine",
    "name": "Mine",
    "kind": "image",
    "shape": [8, 6, 1],
    "dtype": "uint8",
    "value_range": [0, 16],
    "classes": ["a", "b"],
    "rows": {"train": 3, "test": 1},
    "source": "",
    "licence": "",
    "fingerprint": "f",
}
NUMBERS = (Number(name="age"), Number(name="weight"), Number(name="row", role="ignored"))


def table(*columns: Any) -> Dataset:
    facts = {name: BEFORE[name] for name in ("id", "name", "rows", "source", "licence", "fingerprint")}
    return Dataset.model_validate(facts | {"columns": columns})


def test_description_without_columns_reads_as_one_picture_and_one_category() -> None:
    known = Dataset.model_validate(BEFORE)
    picture, category = known.columns
    assert picture == Picture(name="picture", height=8, width=6, channels=1, value_range=(0, 16))
    assert category == Category(name="class", role="target", levels=("a", "b"))
    assert (known.kind, known.shape, known.dtype) == ("picture", (8, 6, 1), "uint8")
    assert (known.value_range, known.classes, known.fingerprint) == ((0, 16), ("a", "b"), "f")
    assert Dataset.model_validate_json(known.model_dump_json()) == known


def test_numbers_lie_side_by_side_and_what_is_ignored_is_none_of_them() -> None:
    known = table(*NUMBERS, Number(name="size", role="target"))
    assert (known.kind, known.shape, known.dtype, known.classes) == ("number", (2,), "float32", ())
    assert known.target.name == "size"


@pytest.mark.parametrize("columns", [(), NUMBERS, (Number(name="size", role="target"),)])
def test_columns_without_a_feature_or_a_target_are_refused(columns: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError):
        table(*columns)
