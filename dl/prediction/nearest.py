"""Which training pictures look most like one to the network: by what its last layer is given."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dl.datasets import DatasetStore
from dl.errors import DatasetDamaged
from dl.prediction.networks import Network, Ready

SAMPLED = 2_000
KEPT = 4
Features = NDArray[np.float32]


@dataclass(frozen=True)
class Alike:
    """Training pictures, the nearest first, with their labels; `among` so many that were looked through."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]
    among: int


class Nearest:
    """What was found of the training pictures is kept for the networks, and epochs, that were asked last."""

    def __init__(self) -> None:
        self._features: OrderedDict[tuple[Network, int | None], Features] = OrderedDict()
        self._lock = threading.Lock()

    def to(self, ready: Ready, hidden: Features, store: DatasetStore, epoch: int | None, count: int) -> Alike:
        """`hidden` (…) is of one picture. Raises DatasetError unless the very data are here."""
        here = store.open(ready.dataset.id)
        if here.description.fingerprint != ready.dataset.fingerprint:
            raise DatasetDamaged(dataset=ready.dataset.id, file="dataset.json")
        rows = np.linspace(0, len(here.x_train) - 1, min(SAMPLED, len(here.x_train))).astype(np.int64)
        known = self._known(ready, here.x_train[rows], epoch)
        distances = np.square(known - hidden.reshape(1, -1)).sum(axis=1)
        nearest = rows[np.argsort(distances, kind="stable")[:count]]
        return Alike(here.x_train[nearest], here.y_train[nearest].astype(np.int64), len(rows))

    def _known(self, ready: Ready, pictures: NDArray[np.uint8], epoch: int | None) -> Features:
        key = ready.network, epoch
        with self._lock:
            if (known := self._features.get(key)) is None:
                hidden = ready.pictures(pictures, epoch).hidden
                known = self._features[key] = hidden.reshape(len(hidden), -1)
            self._features.move_to_end(key)
            while len(self._features) > KEPT:
                self._features.popitem(last=False)
        return known
