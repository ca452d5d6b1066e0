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
from dl.prediction.keras_network import KerasNetwork
from dl.prediction.light import FACTS, LightFacts, folder_of, read_facts
from dl.prediction.network import LightNetwork, Outputs
from dl.prediction.pictures import Taken, taken
from dl.prediction.rows import Row, encoded_rows, in_own_unit
from dl.preparation import Preparation
from dl.runs.run import Run
from dl.workspace import Workspace

MOST_NETWORKS = 8
MOST_PROCESSES = 1  # each has TensorFlow in its memory
BUSY_SECONDS = 60.0
Network = LightNetwork | KerasNetwork


@dataclass(frozen=True)
class Ready:
    """A run whose network answers here, and what its answers mean."""

    network: Network
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
    """Those that were asked last stay in memory. `missing` is told of a run that has no light form yet.

    For one that can have none a process with Keras answers.
    """

    def __init__(self, workspace: Workspace, missing: Callable[[Run], None] = lambda run: None) -> None:
        self._workspace, self._missing = workspace, missing
        self._ready: OrderedDict[str, tuple[Stamp | None, Ready]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run: Run, patient: bool = False) -> Ready:
        """Who is `patient` may get one whose process still starts. Raises NoLightForm, RunDamaged."""
        with self._lock:
            made = stamp(folder_of(run) / FACTS)
            kept = self._ready.get(run.id)
            if kept is None or kept[0] != made or _has_rested(kept[1].network):
                self._forget(run.id)
                kept = made, Ready(self._network(run), run.dataset(), run.preparation())
            self._ready[run.id] = kept
            self._ready.move_to_end(run.id)
            while len(self._ready) > MOST_NETWORKS:
                self._forget(next(iter(self._ready)))
            self._demand_answers(kept[1].network, patient)
            return kept[1]

    def close(self) -> None:
        """The processes end."""
        with self._lock:
            for id in list(self._ready):
                self._forget(id)

    def _network(self, run: Run) -> Network:
        try:
            return LightNetwork(run)
        except NoLightForm:
            facts = read_facts(run)
            if facts is None and run.model_file.exists():
                self._missing(run)
                return LightNetwork(run)  # if it has been made at once
            if facts is None or not run.was_trained_here:
                raise
            return self._process(run, facts)

    def _process(self, run: Run, facts: LightFacts) -> KerasNetwork:
        """One that was not asked for a while makes place for it."""
        others = [ready.network for _, ready in self._ready.values() if isinstance(ready.network, KerasNetwork)]
        if len(others) >= MOST_PROCESSES:
            idle = max(others, key=lambda each: each.idle_seconds)
            if idle.idle_seconds < BUSY_SECONDS:
                raise NoLightForm(run=run.id, reason="taken")
            self._forget(idle.run.id)
        return KerasNetwork(run, self._workspace, facts)

    def _demand_answers(self, network: Network, patient: bool) -> None:
        if not isinstance(network, KerasNetwork):
            return
        if network.has_ended:
            self._forget(network.run.id)  # who asks once more begins a new one
            raise NoLightForm(run=network.run.id, reason="ended")
        if not network.is_ready and not patient:
            raise NoLightForm(run=network.run.id, reason="starting")

    def _forget(self, id: str) -> None:
        _, ready = self._ready.pop(id, (None, None))
        if ready and isinstance(ready.network, KerasNetwork):
            ready.network.close()


def _has_rested(network: Network) -> bool:
    return isinstance(network, KerasNetwork) and network.has_rested
