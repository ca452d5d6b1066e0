"""A data set on disk: `datasets/<id>/` with dataset.json and one .npy an array, memory-mapped."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from dl.datasets.catalogue import BUILTINS, builtin
from dl.datasets.description import Dataset
from dl.datasets.readers import Features, Targets
from dl.errors import DatasetDamaged, DatasetMissing, UnknownDataset
from dl.workspace import Workspace

DESCRIPTION = "dataset.json"


@dataclass(frozen=True)
class OpenDataset:
    """Features stay on disk until they are sliced; targets are in memory."""

    description: Dataset
    x_train: Features
    y_train: Targets
    x_test: Features
    y_test: Targets


def dataset_folder(workspace: Workspace, dataset_id: str) -> Path:
    """Names come from URLs too, so they may not lead out of the folder."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", dataset_id):
        raise UnknownDataset(dataset=dataset_id, known=[known.id for known in BUILTINS])
    return workspace.datasets / dataset_id


def is_here(workspace: Workspace, dataset_id: str) -> bool:
    return (dataset_folder(workspace, dataset_id) / DESCRIPTION).is_file()


def describe(workspace: Workspace, dataset_id: str) -> Dataset:
    folder = dataset_folder(workspace, dataset_id)
    if not folder.exists():
        builtin(dataset_id)  # raises UnknownDataset
        raise DatasetMissing(dataset=dataset_id)
    try:
        return Dataset.model_validate_json((folder / DESCRIPTION).read_bytes())
    except (OSError, ValidationError) as error:
        raise DatasetDamaged(dataset=dataset_id, file=DESCRIPTION) from error


def open_dataset(workspace: Workspace, dataset_id: str) -> OpenDataset:
    known = describe(workspace, dataset_id)
    folder = dataset_folder(workspace, dataset_id)

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
