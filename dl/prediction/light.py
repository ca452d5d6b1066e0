"""The light form of a run's network, in its folder `light`: a LiteRT graph whose weights are inputs of it.

So one graph serves every saved epoch: the weights of one are in its checkpoint, those of the end beside the graph.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from dl.errors import NoLightForm
from dl.files import read_model
from dl.runs.run import Run

FOLDER, GRAPH, WEIGHTS, FACTS = "light", "network.tflite", "weights.npz", "light.json"
MOST_DIFFERENCE = 1e-5  # from Keras, in probabilities or in the unit in which numbers are learnt
INPUT, WEIGHT = "input_", "weight_"  # begin the names of the graph's inputs


class LightFacts(BaseModel):
    """`weights` are the places of the graph's weights among the model's variables, which checkpoints go by.

    `difference` is the largest one from Keras's answers to so many `rows`, which may be the `whole` test set. `reason`
    says why there is no graph.
    """

    model_config = ConfigDict(frozen=True)

    weights: tuple[int, ...] = ()
    difference: float = 0.0
    rows: int = 0
    whole: bool = False
    reason: str = ""

    @property
    def serves(self) -> bool:
        return not self.refusal

    @property
    def refusal(self) -> str:
        """Why it does not answer; nothing where it does."""
        return self.reason or ("inexact" if self.difference > MOST_DIFFERENCE else "")


def folder_of(run: Run) -> Path:
    return run.folder / FOLDER


def read_facts(run: Run) -> LightFacts | None:
    """None before the light form was made, or where it is damaged."""
    return read_model(folder_of(run) / FACTS, LightFacts)


def weights_of(run: Run, facts: LightFacts, epoch: int | None) -> list[NDArray[np.float32]]:
    """In the order of the graph's inputs: those of a saved `epoch`, or those of the end.

    Raises RunDamaged, NoLightForm where that epoch was not kept.
    """
    if epoch is None:
        with np.load(folder_of(run) / WEIGHTS, allow_pickle=False) as kept:
            return [kept[f"model/{place}"] for place in facts.weights]
    if not (checkpoint := run.checkpoints.at_epoch(epoch)):
        raise NoLightForm(run=run.id, reason="epoch", epoch=epoch)
    arrays = checkpoint.arrays([f"model/{place}" for place in facts.weights])
    return [array.astype(np.float32, copy=False) for array in arrays]
