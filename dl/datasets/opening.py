"""A data set on disk: `datasets/<id>/` with dataset.json and one .npy an array, memory-mapped."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from dl.datasets.description import Dataset
from dl.datasets.readers import Features, Targets
from dl.errors import DatasetDamaged, DatasetMissing

DESCRIPTION = "dataset.json"
ROWS, TEST_ROWS = "rows.parquet", "test_rows.npy"
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class OpenDataset:
    """Features stay on disk until they are sliced; targets are in memory."""

    description: Dataset
    x_train: Features
    y_train: Targets
    x_test: Features
    y_test: Targets


def read_description(folder: Path) -> Dataset:
    """Raises DatasetMissing, DatasetDamaged."""
    if not folder.exists():
        raise DatasetMissing(dataset=folder.name)
    try:
        return Dataset.model_validate_json((folder / DESCRIPTION).read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetDamaged(dataset=folder.name, file=DESCRIPTION) from error


def check_table(folder: Path, known: Dataset) -> Dataset:
    """Raises DatasetDamaged where a file of it is missing or torn."""
    for name in (ROWS, TEST_ROWS):
        path = folder / name
        try:
            with path.open("rb") as file:
                file.seek(-4, os.SEEK_END)
                is_whole = name != ROWS or file.read() == b"PAR1"
        except OSError as error:
            raise DatasetDamaged(dataset=folder.name, file=name) from error
        if not is_whole:
            raise DatasetDamaged(dataset=folder.name, file=name)
    return known


def open_folder(folder: Path) -> OpenDataset:
    """Pictures, as arrays. Raises DatasetMissing, DatasetDamaged."""
    known = read_description(folder)

    def opened(split: Literal["train", "test"]) -> tuple[Any, Any]:
        rows = getattr(known.rows, split)
        x = _open_array(folder / f"x_{split}.npy", (rows, *known.shape), known.dtype, mmap_mode="r")
        return x, _open_array(folder / f"y_{split}.npy", (rows,), known.target.dtype)

    return OpenDataset(known, *opened("train"), *opened("test"))


def _open_array(path: Path, shape: tuple[int, ...], dtype: str, **options: Any) -> Any:
    try:
        array = np.load(path, allow_pickle=False, **options)
    except (OSError, ValueError, EOFError) as error:
        raise DatasetDamaged(dataset=path.parent.name, file=path.name) from error
    if array.shape != shape or array.dtype != dtype:
        raise DatasetDamaged(dataset=path.parent.name, file=path.name)
    return array


def split(rows: int, validation_share: float, seed: int) -> tuple[Indices, Indices]:
    """Which rows of the training set are trained on, and which held out: the same seed gives the same ones.

    A generated script repeats these two lines.
    """
    order = np.random.default_rng(seed).permutation(rows)
    return order[round(rows * validation_share) :], order[: round(rows * validation_share)]
