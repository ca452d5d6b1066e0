"""The imported data sets of a workspace: `datasets/<id>/` with dataset.json and one .npy an array, memory-mapped."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from dl.datasets.catalogue import BUILTINS, builtin
from dl.datasets.description import Dataset
from dl.datasets.readers import Labels, Pictures
from dl.errors import DatasetDamaged, DatasetMissing, UnknownDataset
from dl.workspace import Workspace

DESCRIPTION = "dataset.json"


@dataclass(frozen=True)
class OpenDataset:
    """Pictures stay on disk until they are sliced; labels are in memory."""

    description: Dataset
    x_train: Pictures
    y_train: Labels
    x_test: Pictures
    y_test: Labels


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
    rows = known.rows
    return OpenDataset(
        known,
        _open_array(folder / "x_train.npy", (rows.train, *known.shape), np.uint8, mmap_mode="r"),
        _open_array(folder / "y_train.npy", (rows.train,), np.int64),
        _open_array(folder / "x_test.npy", (rows.test, *known.shape), np.uint8, mmap_mode="r"),
        _open_array(folder / "y_test.npy", (rows.test,), np.int64),
    )


def _open_array(path: Path, shape: tuple[int, ...], dtype: type, **options: Any) -> Any:
    try:
        array = np.load(path, allow_pickle=False, **options)
    except (OSError, ValueError, EOFError) as error:
        raise DatasetDamaged(dataset=path.parent.name, file=path.name) from error
    if array.shape != shape or array.dtype != dtype:
        raise DatasetDamaged(dataset=path.parent.name, file=path.name)
    return array


def default_dataset(workspace: Workspace) -> str:
    """MNIST when that needs no network, else the first set that is here, else the sample that a package ships."""
    mnist = builtin("mnist")
    if all((workspace.downloads / archive.name).is_file() for archive in mnist.archives):
        return mnist.id
    return next((known.id for known in BUILTINS if is_here(workspace, known.id)), "mnist_sample")
