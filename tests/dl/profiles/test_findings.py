"""Each fault that a table can have is found in a table that has it, and not in one that has none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets.columns import Category, Column, Text
from dl.datasets.tables.table import Table
from dl.profiles.finding import LEAVE, Action, Finding
from dl.profiles.findings import findings
from dl.profiles.profiling import exact_profile

ROWS = 2_000
RANDOM = np.random.default_rng(3)
PLACE = np.arange(ROWS)
TARGET = np.where(RANDOM.random(ROWS) < 0.4, "yes", "no")
TELLS = np.where(RANDOM.random(ROWS) < 0.3, TARGET, np.where(RANDOM.random(ROWS) < 0.5, "yes", "no"))
NORMAL = RANDOM.normal(size=ROWS)

MakeTable = Callable[..., Table]


@pytest.fixture
def found(table_of: MakeTable) -> Callable[..., tuple[Finding, ...]]:
    """In a table of sound columns and one more, `x`; `y` is the target."""

    def find(values: Any, kind: Column | None = None, **changed: Any) -> tuple[Finding, ...]:
        columns = {"x": values, "tells": TELLS, "noise": NORMAL * 100 + (TARGET == "yes") * 30, "y": TARGET}
        table = table_of(pd.DataFrame(columns | changed), "y", **({"x": kind} if kind else {}))
        return findings(exact_profile(table), table)

    return find


def one(found: tuple[Finding, ...], code: str) -> Finding:
    (only,) = [finding for finding in found if finding.code == code]
    return only


SOUND = RANDOM.integers(0, 40, ROWS) + (TARGET == "yes") * 5.0


def test_nothing_is_found_in_a_sound_table(found: Callable[..., tuple[Finding, ...]]) -> None:
    assert found(SOUND) == ()


WORDS = RANDOM.choice(["red", "green", "blue"], ROWS)
IGNORE = Action("ignore", "c0")
WITH_UNKNOWN = np.where(PLACE % 10 == 0, "N/A", WORDS)
AS_NUMBERS = (SOUND + 0.5).astype(str)
ISO = pd.Series(pd.date_range("2020-01-01", periods=60).strftime("%Y-%m-%d").to_numpy()[PLACE % 60])
GERMAN = pd.Series(pd.date_range("2020-01-01", periods=60).strftime("%d.%m.%Y").to_numpy()[PLACE % 60])
MADE = {
    "empty": (np.full(ROWS, np.nan), 2, IGNORE, {}),
    "constant": (np.full(ROWS, 7.0), 2, IGNORE, {}),
    "near_constant": (np.where(PLACE % 500 == 0, "b", "a"), 1, IGNORE, {"value": "a", "share": 0.998}),
    "leak": (np.where(TARGET == "yes", 1.0, 2.0) + NORMAL / 1e3, 3, IGNORE, {}),
    "identifier": (PLACE + 1.0, 2, IGNORE, {"distinct": ROWS}),
    "missing": (np.where(PLACE % 10 == 0, np.nan, SOUND), 1, LEAVE, {"share": 0.1}),
    "mostly_missing": (np.where(PLACE % 10 != 0, np.nan, SOUND), 2, IGNORE, {"share": 0.9}),
    "unrelated": (PLACE % 20 * 1.0, 1, IGNORE, {"target": "y"}),
    "outliers": (np.where(PLACE % 500 == 0, 1e4, SOUND), 1, LEAVE, {"count": 4, "greatest": 1e4}),
    "skew": (np.exp(NORMAL * 2), 1, LEAVE, {}),
    "sentinel": (np.where(PLACE % 50 == 0, -999, SOUND), 2, Action("missing", "c0", ("-999",)), {"count": 40}),
    "large_sentinel": (np.where(PLACE % 50 == 0, 9_999_999, SOUND), 2, Action("missing", "c0", ("9999999",)), {}),
    "many_levels": (RANDOM.integers(0, 500, ROWS).astype(str).astype(object) + "th", 1, IGNORE, {}),
    "rare_levels": (np.where(PLACE < 3, "violet", WORDS), 1, LEAVE, {"count": 1, "examples": ("violet",)}),
    "missing_spelling": (WITH_UNKNOWN, 2, Action("missing", "c0", ("N/A",)), {"count": 200, "share": 0.1}),
    "numbers_as_words": (AS_NUMBERS, 2, Action("number", "c0"), {"share": 1.0}),
    "mixed_types": (np.where(PLACE % 3 == 0, WORDS, (PLACE % 7).astype(str)), 2, LEAVE, {}),
    "dates_as_words": (ISO, 2, Action("date", "c0"), {}),
    "dates_not_read": (GERMAN, 2, LEAVE, {}),
}


def _about(fact: Any) -> Any:
    return pytest.approx(fact, abs=0.001) if isinstance(fact, float) else fact


@pytest.mark.parametrize(("code", "made"), MADE.items(), ids=MADE)
def test_fault_of_a_column_is_found(code: str, made: tuple, found: Callable[..., tuple[Finding, ...]]) -> None:
    values, severity, action, facts = made
    finding = one(found(values), code.removeprefix("large_"))
    assert (finding.severity, finding.columns[0]) == (severity, "c0")
    assert finding.action == action
    assert all(finding.facts[name] == _about(fact) for name, fact in facts.items())


@pytest.mark.parametrize(
    "values",
    [np.where(PLACE % 50 == 0, -9.0, SOUND), np.where(PLACE % 50 == 0, 99.0, PLACE % 98), PLACE % 3 - 1.0],
    ids=["near", "one of many", "a level"],
)
def test_number_among_others_is_no_sentinel(values: Any, found: Callable[..., tuple[Finding, ...]]) -> None:
    assert "sentinel" not in {finding.code for finding in found(values)}


def test_column_that_says_the_same_as_another_is_found(found: Callable[..., tuple[Finding, ...]]) -> None:
    finding = one(found(NORMAL * 200 + (TARGET == "yes") * 60 + 5), "near_duplicates")
    assert (finding.columns, finding.action) == (("c2", "c0"), Action("ignore", "c2"))
    assert finding.facts == {"column": "noise", "other": "x"}


def test_town_and_country_are_not_the_same(table_of: MakeTable) -> None:
    town = RANDOM.integers(0, 30, ROWS)
    frame = pd.DataFrame({"x": town.astype(str), "country": (town // 10).astype(str), "y": TARGET})
    table = table_of(frame, "y", x=Category(name="x"), country=Category(name="country"))
    assert "near_duplicates" not in {finding.code for finding in findings(exact_profile(table), table)}


def test_only_feature_is_not_to_be_ignored(table_of: MakeTable) -> None:
    table = table_of(pd.DataFrame({"x": np.ones(ROWS), "y": TARGET}), "y")
    assert one(findings(exact_profile(table), table), "constant").action == LEAVE


def test_what_is_ignored_is_not_looked_at(found: Callable[..., tuple[Finding, ...]]) -> None:
    assert found(np.ones(ROWS), Category(name="x", role="ignored")) == ()


def test_texts_are_kept_and_only_their_gaps_are_told(found: Callable[..., tuple[Finding, ...]]) -> None:
    texts = pd.Series([f"the row with number {place}" if place % 5 else None for place in PLACE])
    assert [finding.code for finding in found(texts, Text(name="x"))] == ["missing"]


def test_rows_that_are_the_same_are_counted_and_those_in_both_splits_too(table_of: MakeTable) -> None:
    frame = pd.DataFrame({"x": PLACE % 100, "z": PLACE % 7, "y": np.where(PLACE % 2, "a", "b")})
    table = table_of(frame, "y")
    found = findings(exact_profile(table), table)
    assert one(found, "duplicates").facts["count"] == frame.duplicated().sum()
    assert one(found, "shared_rows").facts["count"] > 0


def test_worst_comes_first(found: Callable[..., tuple[Finding, ...]]) -> None:
    leak = np.where(TARGET == "yes", 1.0, 2.0)
    severities = [
        finding.severity for finding in found(leak, tells=np.ones(ROWS), noise=np.where(PLACE % 5, 1.0, np.nan))
    ]
    assert severities == sorted(severities, reverse=True) and severities[0] == 3
