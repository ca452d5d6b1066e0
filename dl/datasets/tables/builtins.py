"""The files of the built-in tables, made of what a package ships or an archive holds; none of them is unpickled."""

import csv
import gzip
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from dl.datasets.archives import Archive
from dl.datasets.columns import AnyColumn, Category, Number

Maker = Callable[[Path, Path], tuple[Path, Path | None]]


@dataclass(frozen=True)
class TableReader:
    """`write` is given the downloads and a folder, and leaves the rows and perhaps the test rows there, as CSV.

    `script` makes `frame`, a pandas.DataFrame with the columns of the data set, and where it has one `test_frame`.
    """

    write: Maker
    script: str


def table_columns(kinds: Mapping[str, Any], target: str) -> tuple[AnyColumn, ...]:
    """By name: "number", "category", "?" for a category in which a question mark means missing, or the levels."""
    return tuple(_column(f"c{number}", name, kind, name == target) for number, (name, kind) in enumerate(kinds.items()))


def _column(field: str, name: str, kind: Any, is_target: bool) -> AnyColumn:
    common: dict[str, Any] = {"name": name, "field": field, "role": "target" if is_target else "feature"}
    if kind == "number":
        return Number(**common)
    levels = () if isinstance(kind, str) else tuple(kind)
    return Category(**common, levels=levels, missing=("?",) if kind == "?" else ())


def shipped(function: str, target: str, **options: bool) -> TableReader:
    """What a function of scikit-learn gives; a target in classes by their names."""

    def write(_: Path, folder: Path) -> tuple[Path, None]:
        data = getattr(import_module("sklearn.datasets"), function)(as_frame=True, **options)
        frame = data.frame.rename(columns={"target": target})
        if names := list(getattr(data, "target_names", ())):
            frame[target] = np.asarray(names)[frame[target]]
        frame.to_csv(folder / f"{target}.csv", index=False)
        return folder / f"{target}.csv", None

    arguments = ", ".join(["as_frame=True", *(f"{name}={value}" for name, value in options.items())])
    lines = [
        f"from sklearn.datasets import {function}\n",
        f"data = {function}({arguments})",
        f'frame = data.frame.rename(columns={{"target": "{target}"}})',
    ]
    if function != "load_diabetes":
        lines.append(f'frame["{target}"] = data.target_names[frame["{target}"]]')
    return TableReader(write, "\n".join(lines) + "\n")


ADULT_KINDS = {
    **{"age": "number", "workclass": "?", "fnlwgt": "number", "education": "category", "education-num": "number"},
    **{"marital-status": "category", "occupation": "?", "relationship": "category", "race": "category"},
    **{"sex": "category", "capital-gain": "number", "capital-loss": "number", "hours-per-week": "number"},
    **{"native-country": "?", "income": ("<=50K", ">50K")},
}


_UCI_ADULT = "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/"
ADULT_ARCHIVES = (
    Archive(
        "adult.data",
        f"{_UCI_ADULT}adult.data",
        3_974_305,
        "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
        packed=("adult-train.csv.gz", "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"),
    ),
    Archive(
        "adult.test",
        f"{_UCI_ADULT}adult.test",
        2_003_153,
        "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
        # Without its first line, "|1x3 Cross validator".
        packed=("adult-test.csv.gz", "72567b94f5c1a6f8501377dd80f93892c3848ff071cf91ba47e00b0785a28074"),
    ),
)


def _write_adult(downloads: Path, folder: Path) -> tuple[Path, Path]:
    made = []
    for archive, name in zip(ADULT_ARCHIVES, ("adult.csv", "adult-test.csv"), strict=True):
        place = archive.place(downloads)
        content = gzip.decompress(place.read_bytes()) if place.suffix == ".gz" else place.read_bytes()
        rows = (line.rstrip(".") for line in content.decode("ascii").splitlines() if line and not line.startswith("|"))
        (folder / name).write_text("\n".join([",".join(ADULT_KINDS), *rows]) + "\n", encoding="ascii")
        made.append(folder / name)
    return made[0], made[1]


ADULT = TableReader(
    _write_adult,
    f"""\
import pandas as pd

names = {list(ADULT_KINDS)}
address = "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/adult."
options = {{"names": names, "skipinitialspace": True, "keep_default_na": False}}
frame = pd.read_csv(address + "data", **options)
test_frame = pd.read_csv(address + "test", comment="|", **options)
test_frame["income"] = test_frame["income"].str.rstrip(".")
""",
)

HOUSING_NAMES = (
    *("MedInc", "HouseAge", "AveRooms", "AveBedrms", "Population", "AveOccup"),
    *("Latitude", "Longitude", "MedHouseVal"),
)


def _write_housing(downloads: Path, folder: Path) -> tuple[Path, None]:
    """The averages a household, and values in 100,000 dollars, as scikit-learn's fetch_california_housing computes."""
    with tarfile.open(downloads / "cal_housing.tgz", "r:gz") as archive:
        member = archive.extractfile("CaliforniaHousing/cal_housing.data")
        assert member
        raw = np.loadtxt(member, delimiter=",")
    longitude, latitude, age, rooms, bedrooms, population, households, income, value = raw.T
    averages = (rooms / households, bedrooms / households, population, population / households)
    columns = (income, age, *averages, latitude, longitude, value / 100_000)
    with (folder / "housing.csv").open("w", encoding="ascii", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HOUSING_NAMES)
        writer.writerows(zip(*(column.tolist() for column in columns), strict=True))
    return folder / "housing.csv", None


HOUSING = TableReader(
    _write_housing,
    """\
from sklearn.datasets import fetch_california_housing

frame = fetch_california_housing(as_frame=True).frame
""",
)
IRIS = shipped("load_iris", "species")
WINE = shipped("load_wine", "cultivar")
BREAST_CANCER = shipped("load_breast_cancer", "diagnosis")
DIABETES = shipped("load_diabetes", "progression", scaled=False)
