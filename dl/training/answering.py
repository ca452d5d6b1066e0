"""The process that answers for a network without a light form, `python -m dl.training.answering RUN FOLDER`.

`dl.prediction.keras_network` starts it and asks it; it ends when its stdin closes, or when it was long not asked.
"""

import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.files import write_atomically
from dl.prediction.keras_network import ANSWER, END, EPOCH, QUESTION, READY
from dl.runs.run import Run
from dl.training.fast import import_keras

BLOCK = 1024  # rows at once
IDLE_SECONDS = 600.0
LOOK_SECONDS = 10.0


class Answering:
    """The network of a run, and since when it was not asked."""

    def __init__(self, run: Run) -> None:
        from dl.training.light import asked_network, trained_network

        self.run, network = run, trained_network(run)
        self._network, self._variables = asked_network(network), network.variables
        self._last = [variable.numpy() for variable in self._variables]
        self._epoch = END
        self.asked_at = time.monotonic()

    def answer(self, inputs: dict[str, NDArray[Any]], epoch: int) -> dict[str, NDArray[np.float32]]:
        """What a light network gives: `answers` (rows, outputs) and what the last layer is given, `hidden`."""
        if epoch != self._epoch:
            self._load(epoch)
        parts = [self._ask(block) for block in _blocks(inputs)]
        self.asked_at = time.monotonic()
        return {name: np.concatenate([part[name] for part in parts]) for name in ("answers", "hidden")}

    def _load(self, epoch: int) -> None:
        values = self._last if epoch == END else self._saved(epoch)
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)
        self._epoch = epoch

    def _saved(self, epoch: int) -> list[NDArray[Any]]:
        checkpoint = self.run.checkpoints.at_epoch(epoch)
        assert checkpoint, "who asks has looked"
        return checkpoint.arrays([f"model/{place}" for place in range(len(self._variables))])

    def _ask(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        from dl.training.columns import averaged

        given = inputs if isinstance(self._network.input, dict) else inputs["picture"]
        answers, hidden = self._network(given, training=False)
        return {"answers": np.asarray(averaged(answers), np.float32), "hidden": np.asarray(hidden, np.float32)}


def _blocks(inputs: dict[str, NDArray[Any]]) -> Iterator[dict[str, NDArray[Any]]]:
    for start in range(0, len(next(iter(inputs.values()))), BLOCK):
        yield {name: array[start : start + BLOCK] for name, array in inputs.items()}


def _end_when_idle(answering: Answering) -> None:
    while time.monotonic() - answering.asked_at < IDLE_SECONDS:
        time.sleep(LOOK_SECONDS)
    os._exit(0)


def _answer(answering: Answering, folder: Path) -> None:
    with np.load(folder / QUESTION, allow_pickle=False) as asked:
        inputs = {name: asked[name] for name in asked.files if name != EPOCH}
        outputs = answering.answer(inputs, int(asked[EPOCH]))
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **outputs)
    write_atomically(folder / ANSWER, content.getbuffer())


def main() -> None:
    import_keras()
    folder, answering = Path(sys.argv[2]), Answering(Run(Path(sys.argv[1])))
    (folder / READY).touch()
    threading.Thread(target=_end_when_idle, args=(answering,), daemon=True).start()
    for _ in sys.stdin:
        _answer(answering, folder)


if __name__ == "__main__":
    main()
