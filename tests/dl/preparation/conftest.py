"""A table with numbers, words, times and gaps."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import Table


@pytest.fixture
def people() -> pd.DataFrame:
    random = np.random.default_rng(1)
    age = random.normal(40, 10, 400).round(1)
    income = np.where(random.random(400) < 0.3, np.nan, random.lognormal(10, 1, 400))
    job = random.choice(["nurse", "cook", "pilot", None], 400, p=[0.5, 0.3, 0.1, 0.1])
    born = pd.Timestamp("1970-03-01") + pd.to_timedelta(random.integers(0, 20_000, 400), unit="D")
    rich = np.where(age + random.normal(0, 5, 400) > 42, "yes", "no")
    return pd.DataFrame({"age": age, "income": income, "job": job, "born": born, "rich": rich})


@pytest.fixture
def table(table_of: Callable[..., Table], people: pd.DataFrame) -> Table:
    return table_of(people, "rich")
