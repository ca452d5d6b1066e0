"""A trained network that answers in this process, by LiteRT."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.errors import NoLightForm, RunDamaged
from dl.prediction.light import GRAPH, INPUT, WEIGHT, folder_of, read_facts, weights_of
from dl.runs.run import Run

BLOCK = 64  # rows at once: what lies between the layers stays small
Inputs = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Outputs:
    """`answers` (rows, outputs) float32, as they are learnt; `hidden` (rows, …) is what the last layer is given."""

    answers: NDArray[np.float32]
    hidden: NDArray[np.float32]


class LightNetwork:
    """Of one run. It may be asked from any thread, and answers one at a time."""

    def __init__(self, run: Run) -> None:
        """Raises NoLightForm, RunDamaged."""
        facts = read_facts(run)
        if facts is None:
            raise NoLightForm(run=run.id, reason="missing")
        if not facts.serves:
            raise NoLightForm(run=run.id, reason=facts.refusal, difference=facts.difference)
        self.run, self.facts = run, facts
        try:
            self._graphs = {rows: Graph(folder_of(run), rows) for rows in (1, BLOCK)}
        except (ValueError, RuntimeError) as error:
            raise RunDamaged(run=run.id, file=f"{folder_of(run).name}/{GRAPH}") from error
        self._loaded: dict[int, int | None] = {}  # the epoch whose weights a graph holds
        self._lock = threading.Lock()

    def ask(self, inputs: Inputs, epoch: int | None = None) -> Outputs:
        """What the network of that saved epoch, or of the end, says to `inputs` (rows, …) of each name.

        Raises NoLightForm, RunDamaged.
        """
        rows = len(next(iter(inputs.values())))
        with self._lock:
            if rows == 1:
                return self._graph(1, epoch).ask(inputs)
            graph = self._graph(BLOCK, epoch)
            parts = [graph.ask(_padded(inputs, start)) for start in range(0, rows, BLOCK)]
        answers = np.concatenate([part.answers for part in parts])[:rows]
        return Outputs(answers, np.concatenate([part.hidden for part in parts])[:rows])

    def _graph(self, rows: int, epoch: int | None) -> "Graph":
        graph = self._graphs[rows]
        if rows not in self._loaded or self._loaded[rows] != epoch:
            self._loaded.pop(rows, None)
            graph.load(weights_of(self.run, self.facts, epoch))
            self._loaded[rows] = epoch
        return graph


def _padded(inputs: Inputs, start: int) -> dict[str, NDArray[Any]]:
    """A whole block: LiteRT plans its memory anew for every other number of rows."""
    parts = {name: array[start : start + BLOCK] for name, array in inputs.items()}
    missing = BLOCK - len(next(iter(parts.values())))
    return {name: np.pad(part, [(0, missing)] + [(0, 0)] * (part.ndim - 1)) for name, part in parts.items()}


class Graph:
    """What lies in a folder of a light form, for so many rows at once; it needs weights before it is asked."""

    def __init__(self, folder: Path, rows: int) -> None:
        """Raises ValueError or RuntimeError for a file that is torn."""
        from ai_edge_litert.interpreter import Interpreter  # a page without predictions need not carry it

        self._interpreter = Interpreter(str(folder / GRAPH), num_threads=1)
        runner = self._interpreter.get_signature_runner()
        taken, given = runner.get_input_details(), runner.get_output_details()
        del runner  # it holds on to memory that is planned anew below
        inputs = {name: detail for name, detail in taken.items() if name.startswith(INPUT)}
        for detail in inputs.values():
            self._interpreter.resize_tensor_input(detail["index"], [rows, *detail["shape_signature"][1:]])
        self._interpreter.allocate_tensors()
        self._inputs = {name.removeprefix(INPUT): detail["index"] for name, detail in inputs.items()}
        weights = [name for name in taken if name.startswith(WEIGHT)]
        weights.sort(key=lambda name: int(name.removeprefix(WEIGHT)))
        self._weights = [taken[name]["index"] for name in weights]
        self._answers, self._hidden = given["output_0"]["index"], given["output_1"]["index"]

    def load(self, weights: Sequence[NDArray[np.float32]]) -> None:
        for place, weight in zip(self._weights, weights, strict=True):
            self._interpreter.set_tensor(place, weight)

    def ask(self, inputs: Inputs) -> Outputs:
        """Of exactly so many rows."""
        for name, place in self._inputs.items():
            kind = np.int32 if name == "categories" else np.float32
            self._interpreter.set_tensor(place, np.ascontiguousarray(inputs[name], kind))
        self._interpreter.invoke()
        return Outputs(self._interpreter.get_tensor(self._answers), self._interpreter.get_tensor(self._hidden))
