"""A profile says what is exact, and which column tells most."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from dl.datasets.tables.table import Table
from dl.profiles.profile import Estimate, Profile
from dl.profiles.profiling import exact_profile


def test_estimate_is_exact_when_its_interval_is_a_point() -> None:
    assert Estimate(value=1, low=1, high=1).is_exact and not Estimate(value=1, low=0.9, high=1.1).is_exact
    assert Estimate(value=2.6, low=0, high=9).count == 3


def test_columns_are_sorted_by_what_they_tell_of_the_target(table_of: Callable[..., Table]) -> None:
    random = np.random.default_rng(0)
    tells = random.normal(size=500)
    frame = pd.DataFrame({"noise": random.normal(size=500), "y": tells * 2, "tells": tells})
    profile = exact_profile(table_of(frame, "y"))
    assert [column.name for column in profile.by_relation] == ["y", "tells", "noise"]
    assert profile.column("c2").name == "tells" and profile.is_exact


def test_numbers_that_are_none_survive_json(table_of: Callable[..., Table]) -> None:
    frame = pd.DataFrame({"empty": [np.nan, np.nan], "large": [1e308, -1e308], "y": [1.0, 2.0]})
    profile = exact_profile(table_of(frame, "y"))
    again = Profile.model_validate_json(profile.model_dump_json())
    assert again.columns[0].number and np.isnan(again.columns[0].number.mean.value)
    assert again.model_dump_json() == profile.model_dump_json()
