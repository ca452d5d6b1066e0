"""A trained network that has no light form: a process with Keras answers for it, which takes longer.

What is asked and what is answered lie in a folder of their own, one question at a time.
"""

import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from dl.errors import NoLightForm
from dl.jobs.local import LocalExecutor
from dl.prediction.light import LightFacts
from dl.prediction.network import Inputs, Outputs
from dl.runs.run import Run
from dl.workspace import Workspace

READY, QUESTION, ANSWER = "ready", "question.npz", "answer.npz"
EPOCH = "epoch of the network"  # beside the inputs, whose names have no spaces
END = -1
PAUSE_SECONDS = 0.005
MODULE = "dl.training.answering"


class KerasNetwork:
    """Of one run; `facts` say why it is no light one. It may be asked from any thread, and answers one at a time."""

    def __init__(self, run: Run, workspace: Workspace, facts: LightFacts) -> None:
        self.run, self.facts = run, facts
        self._temporary = tempfile.TemporaryDirectory(prefix="livefit-answering-")
        self._folder, self._lock, self._asked_at = Path(self._temporary.name), threading.Lock(), time.monotonic()
        log = run.folder / "answering.log.txt"
        self._job = LocalExecutor(workspace).start(MODULE, str(run.folder), str(self._folder), log=log)

    @property
    def is_ready(self) -> bool:
        """Whether it answers at once."""
        return (self._folder / READY).exists()

    @property
    def has_ended(self) -> bool:
        return self._job.exit_code is not None

    @property
    def has_rested(self) -> bool:
        """It has ended because nobody asked; another one may begin."""
        return self._job.exit_code == 0

    @property
    def idle_seconds(self) -> float:
        return time.monotonic() - self._asked_at

    def ask(self, inputs: Inputs, epoch: int | None = None) -> Outputs:
        """As a light network is asked; the first time one waits for Keras. Raises NoLightForm."""
        if epoch is not None and not self.run.checkpoints.at_epoch(epoch):
            raise NoLightForm(run=self.run.id, reason="epoch", epoch=epoch)
        with self._lock:
            self._asked_at = time.monotonic()
            asked = {name: np.asarray(value) for name, value in inputs.items()}
            asked[EPOCH] = np.asarray(END if epoch is None else epoch)
            np.savez(self._folder / QUESTION, allow_pickle=False, **asked)
            return self._answer()

    def close(self) -> None:
        """At once, for others wait; it has nothing to save."""
        self._job.kill()
        self._temporary.cleanup()

    def _answer(self) -> Outputs:
        answer = self._folder / ANSWER
        try:
            self._job.tell("answer")
        except OSError:
            raise self._ended() from None
        while not answer.exists():
            if self.has_ended:
                raise self._ended()
            time.sleep(PAUSE_SECONDS)
        with np.load(answer, allow_pickle=False) as found:
            outputs = Outputs(found["answers"], found["hidden"])
        answer.unlink()
        return outputs

    def _ended(self) -> NoLightForm:
        return NoLightForm(run=self.run.id, reason="ended")
