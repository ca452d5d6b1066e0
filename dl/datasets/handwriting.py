"""Drawings of one's own with their true class, kept in the workspace; and a data set that has some of them beside its
own rows, so that a network learns from them too."""

import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from dl.datasets.description import Dataset
from dl.datasets.importing import store_pictures
from dl.datasets.readers import Arrays
from dl.datasets.store import DatasetStore
from dl.errors import BadPicture, DatasetError
from dl.files import read_model, write_atomically, write_model
from dl.prediction.pictures import taken
from dl.workspace import Workspace

ENDING = "_with_mine"
USED = "handwriting.json"
SHARE = 0.05  # of the training rows that drawings are repeated to, at most
MOST_REPEATS = 50
FEWEST = 10  # drawings that are worth a training
_NAME = re.compile(r"(\d+)-(\d+)\.png")


@dataclass(frozen=True)
class Drawings:
    """`pictures` (drawings, height, width, channels) as the data set has them, `labels` (drawings,) their true classes,
    `names` what each is kept under; the oldest first."""

    names: tuple[str, ...]
    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.names)

    def only(self, names: Sequence[str]) -> "Drawings":
        rows = [row for row, name in enumerate(self.names) if name in set(names)]
        return Drawings(tuple(self.names[row] for row in rows), self.pictures[rows], self.labels[rows])


class UsedDrawings(BaseModel):
    """Of which data set they are, and the drawings that are among the training rows."""

    model_config = ConfigDict(frozen=True)

    of: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Handwriting:
    """That for one data set of digits."""

    workspace: Workspace
    dataset: Dataset

    @property
    def folder(self) -> Path:
        return self.workspace.home / "handwriting" / self.dataset.id

    def keep(self, content: bytes, label: int) -> str:
        """A picture file; the name it is kept under. Raises BadPicture for one in which nothing can be seen."""
        taken(content, self.dataset)
        name = f"{time.time_ns()}-{label}.png"
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / name, content)
        return name

    def remove(self, name: str) -> None:
        """Harmless when it is gone."""
        if _NAME.fullmatch(name):
            (self.folder / name).unlink(missing_ok=True)

    def drawings(self) -> Drawings:
        """What cannot be read is left aside."""
        names, pictures, labels = [], [], []
        for name in sorted(os.listdir(self.folder)) if self.folder.is_dir() else []:
            match = _NAME.fullmatch(name)
            if match is None or int(match[2]) >= len(self.dataset.classes):
                continue
            try:
                pictures.append(taken((self.folder / name).read_bytes(), self.dataset).pixels)
            except (OSError, BadPicture):
                continue
            names.append(name)
            labels.append(int(match[2]))
        stacked = np.stack(pictures) if pictures else np.zeros((0, *self.dataset.shape), np.uint8)
        return Drawings(tuple(names), stacked, np.array(labels, np.int64))


def original(workspace: Workspace, dataset_id: str) -> str:
    """The data set whose digits these are: itself, or the one that drawings were added to."""
    used = read_model(workspace.datasets / dataset_id / USED, UsedDrawings)
    return used.of if used else dataset_id


def held_out(workspace: Workspace, dataset_id: str, drawings: Drawings) -> Drawings:
    """Those that are not among its training rows."""
    used = read_model(workspace.datasets / dataset_id / USED, UsedDrawings)
    return drawings if used is None else drawings.only([name for name in drawings.names if name not in used.names])


def with_handwriting(store: DatasetStore, dataset_id: str) -> Dataset:
    """A data set with every other drawing of each class among its training rows, repeated so that they count; the test
    rows are the same, and the other drawings stay to be asked. An earlier one is replaced. Raises DatasetError."""
    here = store.open(dataset_id)
    drawings = Handwriting(store.workspace, here.description).drawings()
    chosen = drawings.only(_every_other(drawings))
    if not len(chosen):
        raise DatasetError(dataset=dataset_id)
    repeats = int(np.clip(SHARE * len(here.y_train) / len(chosen), 1, MOST_REPEATS))
    arrays = Arrays(
        np.concatenate([here.x_train, *[chosen.pictures] * repeats]),
        np.concatenate([here.y_train, *[chosen.labels.astype(here.y_train.dtype)] * repeats]),
        here.x_test,
        here.y_test,
    )
    known = here.description.model_copy(update={"id": f"{dataset_id}{ENDING}", "name": f"{here.description.name} +"})
    target = store.workspace.datasets / known.id
    store_pictures(target, known, arrays)
    write_model(target / USED, UsedDrawings(of=dataset_id, names=chosen.names))
    return store.imported(known.id)


def _every_other(drawings: Drawings) -> list[str]:
    """Of each class, beginning with the first."""
    chosen = []
    for label in np.unique(drawings.labels):
        chosen += [drawings.names[row] for row in np.flatnonzero(drawings.labels == label)[::2]]
    return chosen
