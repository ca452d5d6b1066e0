"""Networks for tables: of a sensible size for the rows there are, and without a problem on any kind of target."""

import pytest

from dl.datasets import Category, Dataset, Number, Rows
from dl.specs.checks import cautions, check
from dl.specs.presets import default_spec, preset_name, presets_for
from dl.specs.table_presets import TABLE_PRESETS, strong

FEATURES = (Number(name="age"), Category(name="job"))


def table(rows: int, target: Number | Category) -> Dataset:
    columns = (*FEATURES, target.model_copy(update={"role": "target"}))
    return Dataset(id="t", name="t", columns=columns, rows=Rows(train=rows, test=100), source="", licence="")


TARGETS = [Number(name="y"), Category(name="y", levels=("no", "yes")), Category(name="y", levels=tuple("abcdefg"))]


@pytest.mark.parametrize("name", TABLE_PRESETS)
@pytest.mark.parametrize("rows", [50, 9_999, 10_000, 1_000_000])
@pytest.mark.parametrize("target", TARGETS, ids=["number", "two classes", "seven classes"])
def test_preset_works_and_is_known_again(name: str, rows: int, target: Number | Category) -> None:
    known = table(rows, target)
    spec = default_spec(known, name)
    assert check(spec, known) == () == cautions(spec, known)
    assert preset_name(spec.model, known) == name in presets_for(known)


def test_plain_is_what_a_table_begins_with() -> None:
    known = table(500, TARGETS[0])
    assert default_spec(known) == default_spec(known, "plain")
    assert default_spec(known).training.metrics == ("root_mean_squared_error", "mean_absolute_error", "r2_score")


def test_strong_warms_up_for_a_twentieth_of_its_epochs() -> None:
    for rows in (500, 50_000):
        training = strong(table(rows, TARGETS[1])).training
        assert training["learning_rate_schedule"]["warmup_epochs"] * 20 == training["epochs"]
