"""The trained networks that a server holds ready to answer."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.datasets import Dataset
from dl.errors import NoLightForm
from dl.files import Stamp, stamp
from dl.prediction.drawing import StepName
from dl.prediction.light import FACTS, folder_of
from dl.prediction.network import LightNetwork, Outputs
from dl.prediction.pictures import Taken, taken
from dl.prediction.rows import Row, encoded_rows, in_own_unit
from dl.preparation import Preparation
from dl.runs.run import Run

MOST_NETWORKS = 8


@dataclass(frozen=True)
class Ready:
    """A run whose network answers here, and what its answers mean."""

    network: LightNetwork
    dataset: Dataset
    preparation: Preparation | None

    def pictures(self, pixels: NDArray[np.uint8], epoch: int | None = None) -> Outputs:
        """Of (pictures, height, width, channels) as the data set stores them."""
        return self.network.ask({"picture": pixels}, epoch)

    def picture(self, content: bytes, steps: Collection[StepName], epoch: int | None = None) -> tuple[Taken, Outputs]:
        """What is taken of a picture file, and what is said to it. Raises BadPicture."""
        picture = taken(content, self.dataset, steps)
        return picture, self.pictures(picture.pixels[np.newaxis], epoch)

    def rows(self, rows: Sequence[Row], epoch: int | None = None) -> NDArray[np.float32]:
        """(rows, outputs): probabilities, or numbers in the unit of the target. Raises BadRow."""
        assert self.preparation, "a table is prepared first"
        return self.encoded(encoded_rows(rows, self.dataset, self.preparation), epoch)

    def encoded(self, inputs: dict[str, NDArray[Any]], epoch: int | None = None) -> NDArray[np.float32]:
        return in_own_unit(self.network.ask(inputs, epoch).answers, self.preparation)


class Networks:
    """Those that were asked last stay in memory. `missing` is told of a run that has no light form yet."""

    def __init__(self, missing: Callable[[Run], None] = lambda run: None) -> None:
        self._missing = missing
        self._ready: OrderedDict[str, tuple[Stamp | None, Ready]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run: Run) -> Ready:
        """Raises NoLightForm, RunDamaged."""
        with self._lock:
            made = stamp(folder_of(run) / FACTS)
            kept = self._ready.get(run.id)
            if kept is None or kept[0] != made:
                kept = made, self._load(run)
            self._ready[run.id] = kept
            self._ready.move_to_end(run.id)
            while len(self._ready) > MOST_NETWORKS:
                self._ready.popitem(last=False)
            return kept[1]

    def _load(self, run: Run) -> Ready:
        try:
            return Ready(LightNetwork(run), run.dataset(), run.preparation())
        except NoLightForm as error:
            if error.facts["reason"] != "missing" or not run.model_file.exists():
                raise
            self._missing(run)
            return Ready(LightNetwork(run), run.dataset(), run.preparation())  # if it has been made at once
