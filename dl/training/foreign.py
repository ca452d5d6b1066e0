"""A model from elsewhere, loaded where it can do little harm, and made ready to answer."""

import time

import keras
import numpy as np
import tensorflow as tf

from dl.datasets import Dataset, DatasetStore
from dl.errors import DatasetError, ModelRefused
from dl.models.store import ForeignModel, ModelRequest, ModelStore, request_of
from dl.runs.run import Run
from dl.training.light import AS_IT_IS, Scaling, make_light
from dl.workspace import Workspace


def take_in(run: Run, workspace: Workspace) -> None:
    """To be called after the file was looked into and limits were set. Raises ModelRefused."""
    network = _loaded(run)
    request = request_of(run)
    facts = ForeignModel(
        name=request.name,
        input_shape=tuple(int(size or 1) for size in network.inputs[0].shape[1:]),
        outputs=int(network.outputs[0].shape[-1] or 0),
        parameters=network.count_params(),
        layers=tuple(type(layer).__name__ for layer in network.layers),
        added_at=time.time(),
    )
    _demand_finite(network)
    store = ModelStore(workspace)
    if suits := _suiting(facts, workspace):
        store.suit(run, suits)
        make_light(run, workspace, network, _scaling(request, suits))
    store.let_in(run, facts)  # last, for then it can be asked


def _loaded(run: Run) -> keras.Model:
    try:
        network = keras.saving.load_model(run.model_file, compile=False, safe_mode=True)
    except Exception as error:  # whatever Keras finds wrong with it
        raise _refused(error) from error
    if not getattr(network, "inputs", None):  # a Sequential that was never built raises AttributeError
        raise ModelRefused(reason="not_built")
    if len(network.inputs) != 1 or len(network.outputs) != 1:
        raise ModelRefused(reason="several", inputs=len(network.inputs), outputs=len(network.outputs))
    return keras.Model(network.inputs[0], network.outputs[0])  # of a Sequential one, too, its layers side by side


def _refused(error: Exception) -> ModelRefused | MemoryError:
    """With its kind and first line; memory that is lacking is no fault of Keras or of the file."""
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError):
        return MemoryError()
    return ModelRefused(reason="load", detail=f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:160])


def _demand_finite(network: keras.Model) -> None:
    zeros = np.zeros([1, *(size or 1 for size in network.inputs[0].shape[1:])], np.float32)
    try:
        answer = np.asarray(keras.ops.convert_to_numpy(network(zeros, training=False)))
    except Exception as error:
        raise _refused(error) from error
    if not np.isfinite(answer).all():
        raise ModelRefused(reason="answer")


def _suiting(facts: ForeignModel, workspace: Workspace) -> Dataset | None:
    """A data set of pictures of its shape and with as many classes: one that is here before one that is not."""
    store = DatasetStore(workspace)
    suiting = [known for known in store.known("picture") if known.shape == facts.input_shape]
    suiting = [known for known in suiting if len(known.classes) == facts.outputs]
    for known in sorted(suiting, key=lambda known: not store.is_here(known.id)):
        try:
            return store.imported(known.id)
        except DatasetError:
            return Dataset.model_validate(known.model_dump(mode="json"))
    return None


def _scaling(request: ModelRequest, suits: Dataset) -> Scaling:
    """From pixels as the data set stores them to what the model wants."""
    if request.pixels == "as_stored":
        return AS_IT_IS
    low, high = suits.value_range
    return Scaling(1 / (high - low), -low / (high - low))
