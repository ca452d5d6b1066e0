"""Real tables, where they lie in the downloads folder."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dl.datasets.columns import Category
from dl.datasets.tables.table import Table

ADULT = """age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,
capital-loss,hours-per-week,native-country,income"""
WINE = """fixed acidity,volatile acidity,citric acid,residual sugar,chlorides,free sulfur dioxide,total sulfur dioxide,
density,pH,sulphates,alcohol,quality"""


def _real(name: str) -> Path:
    path = Path(os.environ.get("LIVEFIT_DOWNLOADS", "")) / name
    if not path.is_file():
        pytest.skip(f"{name} is not in LIVEFIT_DOWNLOADS")
    return path


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",")]


@pytest.fixture
def adult(table_of: Callable[..., Table]) -> tuple[Table, pd.DataFrame]:
    """As it was published, with "?" for missing, and as pandas reads it."""
    path = _real("adult-train.csv.gz")
    frame = pd.read_csv(path, names=_names(ADULT), skipinitialspace=True, keep_default_na=False)
    kinds = {name: Category(name=name, missing=("?",)) for name in ("workclass", "occupation", "native-country")}
    table = table_of(frame, "income", name="adult", **kinds)
    return table, frame.replace({name: {"?": None} for name in kinds})


@pytest.fixture
def wine(table_of: Callable[..., Table]) -> tuple[Table, pd.DataFrame]:
    frame = pd.read_csv(_real("winequality-white.csv"), names=_names(WINE))
    return table_of(frame, "quality", name="wine"), frame
