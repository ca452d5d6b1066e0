"""The tables of bench/tables.py, as frames: published ones where their files are here, and made ones by a seed."""

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dl.datasets.tables.builtins import HOUSING

ADULT = (
    *("age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship"),
    *("race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"),
)
WINE = (
    *("fixed-acidity", "volatile-acidity", "citric-acid", "residual-sugar", "chlorides", "free-sulfur-dioxide"),
    *("total-sulfur-dioxide", "density", "pH", "sulphates", "alcohol", "quality"),
)
TEST_SHARE = 0.2
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class TableSet:
    """Words are categories, all else numbers; a target of words is one of some classes. `test` is official, if any."""

    frame: pd.DataFrame
    target: str
    test: Rows | None = None

    @property
    def is_classes(self) -> bool:
        return not pd.api.types.is_numeric_dtype(self.frame[self.target])

    def test_rows(self, seed: int) -> Rows:
        if self.test is not None:
            return self.test
        rows = len(self.frame)
        return np.sort(np.random.default_rng(seed).permutation(rows)[: round(rows * TEST_SHARE)])


def adult(downloads: Path) -> TableSet:
    parts = []
    for name in ("adult-train.csv.gz", "adult-test.csv.gz"):
        with gzip.open(downloads / name) as file:
            lines = pd.read_csv(file, names=ADULT, skipinitialspace=True, na_values="?", comment="|")
        parts.append(lines.dropna(subset="income"))
    frame = pd.concat(parts, ignore_index=True)
    frame["income"] = frame["income"].str.rstrip(".")
    return TableSet(frame, "income", np.arange(len(parts[0]), len(frame)))


def wine_quality(downloads: Path) -> TableSet:
    return TableSet(pd.read_csv(downloads / "winequality-white.csv", names=WINE), "quality")


def california_housing(downloads: Path) -> TableSet:
    """From `cal_housing.tgz`, as Livefit and scikit-learn download it."""
    with tempfile.TemporaryDirectory() as folder:
        file, _ = HOUSING.write(downloads, Path(folder))
        return TableSet(pd.read_csv(file), "MedHouseVal")


def breast_cancer(_: Path) -> TableSet:
    from sklearn.datasets import load_breast_cancer

    found = load_breast_cancer(as_frame=True)
    return TableSet(found.frame.assign(target=found.target.map(dict(enumerate(found.target_names)))), "target")


def diabetes(_: Path) -> TableSet:
    from sklearn.datasets import load_diabetes

    return TableSet(load_diabetes(as_frame=True, scaled=False).frame, "target")


def thousand_levels(_: Path) -> TableSet:
    """Each level has an effect of its own, and one on how much a number matters."""
    random, rows = np.random.default_rng(1), 20_000
    level = np.minimum(random.zipf(1.3, rows), 1000) - 1
    level = np.where(random.random(rows) < 0.5, level, random.integers(0, 1000, rows))
    x, effects, slopes = random.normal(size=(rows, 4)), random.normal(size=1000), random.normal(size=1000)
    y = effects[level] + slopes[level] * x[:, 0] + np.sin(2 * x[:, 1]) + x[:, 2] * x[:, 3] + random.normal(0, 0.5, rows)
    names = np.array([f"level {number}" for number in random.permutation(1000)])
    return TableSet(pd.DataFrame(x, columns=list("abcd")).assign(level=names[level], y=y), "y")


def gaps(_: Path) -> TableSet:
    """Three values in ten are missing, and some of them because of what they would be."""
    random, rows = np.random.default_rng(2), 10_000
    x = random.normal(size=(rows, 10))
    y = x[:, 0] * x[:, 1] + np.abs(x[:, 2]) + np.sin(3 * x[:, 3]) + 0.5 * x[:, 4:].sum(axis=1)
    is_gap = random.random(x.shape) < np.where(np.arange(10) % 2, 0.3, 0.6 * (x > 0))
    frame = pd.DataFrame(np.where(is_gap, np.nan, x), columns=[f"x{place}" for place in range(10)])
    return TableSet(frame.assign(y=y + random.normal(0, 0.3, rows)), "y")


def many_classes(_: Path) -> TableSet:
    """Twelve classes of three clouds each, partly one over the other, and four numbers that say nothing."""
    random, rows = np.random.default_rng(3), 12_000
    centres = random.normal(0, 1.2, size=(12, 3, 8))
    label, cloud = random.integers(0, 12, rows), random.integers(0, 3, rows)
    x = np.concatenate([centres[label, cloud] + random.normal(size=(rows, 8)), random.normal(size=(rows, 4))], axis=1)
    frame = pd.DataFrame(x, columns=[f"x{place}" for place in range(12)])
    return TableSet(frame.assign(y=[f"class {number:02}" for number in label]), "y")


SETS: dict[str, Callable[[Path], TableSet]] = {
    "adult": adult,
    "california_housing": california_housing,
    "breast_cancer": breast_cancer,
    "diabetes": diabetes,
    "wine_quality": wine_quality,
    "thousand_levels": thousand_levels,
    "gaps": gaps,
    "many_classes": many_classes,
}
