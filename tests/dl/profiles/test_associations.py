"""Columns are compared with each other by rows from everywhere."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.columns import Text
from dl.datasets.tables.table import Table
from dl.profiles.profiling import exact_profile

RANDOM = np.random.default_rng(0)
ROWS = 3000


def test_numbers_have_their_rank_correlation_and_categories_their_association(table_of: Callable[..., Table]) -> None:
    one = RANDOM.normal(size=ROWS)
    frame = pd.DataFrame(
        {
            "one": one,
            "other": -np.exp(one) + RANDOM.normal(size=ROWS) / 4,
            "sign": np.where(one > 0, "plus", "minus"),
            "noise": RANDOM.choice(["a", "b", "c"], ROWS),
            "text": ["some words"] * ROWS,
            "y": RANDOM.normal(size=ROWS),
        }
    )
    found = exact_profile(table_of(frame, "y", text=Text(name="text"))).associations
    values = pd.DataFrame(found.values, index=found.fields, columns=found.fields)
    assert found.fields == ("c0", "c1", "c2", "c3", "c5") and found.rows == ROWS
    assert values.loc["c0", "c1"] == pytest.approx(frame["one"].rank().corr(frame["other"].rank()))
    assert values.loc["c0", "c2"] > 0.9 and values.loc["c2", "c3"] < 0.1 and values.loc["c0", "c3"] < 0.1
    assert (values.to_numpy() == values.to_numpy().T).all() and (np.diag(values) == 1).all()


def test_rows_are_taken_evenly_when_there_are_many(table_of: Callable[..., Table]) -> None:
    table = table_of(pd.DataFrame({"a": RANDOM.normal(size=ROWS), "y": RANDOM.normal(size=ROWS)}), "y")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dl.profiles.associations.ROWS", 100)
        found = exact_profile(table).associations
    assert found.rows == 100
