"""Faults of the target are found, and splits that are not alike."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import TEST_ROWS, Table
from dl.profiles.finding import Action, Finding
from dl.profiles.profiling import exact_profile
from dl.profiles.target_findings import of_target

ROWS = 400
PLACE = np.arange(ROWS)
MakeTable = Callable[..., Table]


@pytest.fixture
def found(table_of: MakeTable) -> Callable[..., list[Finding]]:
    def find(target: object, test_rows: np.ndarray | None = None) -> list[Finding]:
        table = table_of(pd.DataFrame({"x": PLACE % 17 * 1.0, "y": target}), "y")
        if test_rows is not None:
            np.save(table.folder / TEST_ROWS, test_rows)
        return list(of_target(exact_profile(table)))

    return find


def test_balanced_classes_are_no_finding(found: Callable[..., list[Finding]]) -> None:
    assert found(np.where(PLACE % 2, "a", "b")) == []


def test_a_number_is_no_finding(found: Callable[..., list[Finding]]) -> None:
    assert found(PLACE * 1.5) == []


def test_missing_targets_are_counted(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(np.where(PLACE % 4 == 0, np.nan, PLACE * 1.5))
    assert (finding.code, finding.facts["count"], finding.facts["share"]) == ("target_missing", 100, 0.25)


def test_one_class_or_one_number_leaves_nothing_to_predict(found: Callable[..., list[Finding]]) -> None:
    assert [finding.code for finding in found(["a"] * ROWS)] == ["target_constant"]


def test_class_with_one_row_is_named(found: Callable[..., list[Finding]]) -> None:
    found_codes = {
        finding.code: finding for finding in found(np.where(PLACE == 0, "alone", np.where(PLACE % 2, "a", "b")))
    }
    assert found_codes["single_row_class"].facts == {"column": "y", "count": 1, "examples": ("alone",)}


def test_rare_class_is_told_with_its_share(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(np.where(PLACE % 20 == 0, "rare", "common"))
    assert finding.code == "imbalance"
    assert (finding.facts["least"], finding.facts["least_share"], finding.facts["most_share"]) == ("rare", 0.05, 0.95)


def test_few_whole_numbers_could_be_classes(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(PLACE % 5 * 1.0)
    assert (finding.code, finding.action) == ("target_few_values", Action("category", "c1"))


def test_splits_that_chance_does_not_explain_ask_for_another_split(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(np.where(PLACE < 200, "early", "late"), np.arange(300, 400))
    assert (finding.code, finding.action) == ("splits_differ", Action("stratify"))
    assert (finding.facts["train_share"], finding.facts["test_share"]) in ((200 / 300, 0.0), (100 / 300, 1.0))
