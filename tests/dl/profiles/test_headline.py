"""The first sentence has true facts in it."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from dl.datasets.tables.table import Table
from dl.profiles.headline import headline
from dl.profiles.profiling import exact_profile


def test_two_classes_are_told_by_the_rarer(adult: tuple[Table, pd.DataFrame]) -> None:
    said = headline(exact_profile(adult[0]))
    assert (said.rows, said.features, said.gaps, said.target) == (32_561, 14, 3, "income")
    assert (said.classes, said.level) == (2, ">50K")
    assert said.share and round(said.share.value, 3) == 0.241


def test_many_classes_are_told_by_the_most_frequent(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"x": np.arange(100.0), "y": ["a"] * 50 + ["b"] * 30 + ["c"] * 20})
    said = headline(exact_profile(table_of(frame, "y")))
    assert (said.classes, said.level, said.share and said.share.value) == (3, "a", 0.5)


def test_a_number_is_told_by_its_middle_half(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"x": [np.nan, *range(1, 101)], "y": np.arange(101.0)})
    said = headline(exact_profile(table_of(frame, "y")))
    assert (said.middle, said.gaps, said.kind) == ((25, 75), 1, "number")


def test_target_without_a_value_still_has_a_headline(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": pd.Series([None, None], dtype="string")})
    assert headline(exact_profile(table_of(frame, "y"))).level == ""
