"""The light form of a trained network, for processes without Keras: made once a run, and compared with Keras."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dl.datasets import DatasetStore
from dl.errors import DatasetError
from dl.files import discard, replace, temporary, write_model
from dl.prediction.light import FACTS, GRAPH, INPUT, WEIGHT, WEIGHTS, LightFacts, folder_of
from dl.prediction.network import Graph
from dl.prediction.test_rows import test_rows_of
from dl.runs.run import Run
from dl.training.columns import averaged
from dl.training.step import layers_of
from dl.workspace import Workspace

COMPARED_ROWS = 256
Inputs = Mapping[str, NDArray[Any]]


class Scaling(NamedTuple):
    """What is done to a pixel before the network gets it: x * scale + offset."""

    scale: float
    offset: float


AS_IT_IS = Scaling(1.0, 0.0)


def make_light(run: Run, workspace: Workspace, network: keras.Model | None = None, scaling: Scaling = AS_IT_IS) -> None:
    """Of a run that has a model, or of another `network` in its place; what has no light form says why."""
    network = network or trained_network(run)
    with temporary(folder_of(run)) as making:
        making.mkdir()
        try:
            facts = _write(making, network, scaling, _some_inputs(network, run, workspace))
        except Exception as error:  # whatever the converter meets that it does not know
            print(f"no light form: {type(error).__name__}: {error}", flush=True)
            facts = LightFacts(reason="not_converted")
        write_model(making / FACTS, facts)
        discard(folder_of(run))
        replace(making, folder_of(run))


def trained_network(run: Run) -> keras.Model:
    """Without what prepares the raw columns of a table for it."""
    whole = keras.saving.load_model(run.model_file, compile=False)
    return next((layer for layer in whole.layers if isinstance(layer, keras.Model)), whole)


def asked_network(network: keras.Model) -> keras.Model:
    """Gives the answers, and what the last layer with weights is given; its variables are those of `network`."""
    return keras.Model(network.input, [network.outputs[0], _last(network).input])


def _write(folder: Path, network: keras.Model, scaling: Scaling, inputs: Inputs) -> LightFacts:
    """With how far its answers to these `inputs` are from those of Keras."""
    weights = _weights(network)
    values = {place: variable.value.numpy().astype(np.float32) for place, variable in weights.items()}
    (folder / GRAPH).write_bytes(_graph(network, list(weights.values()), scaling))
    np.savez(folder / WEIGHTS, allow_pickle=False, **{f"model/{place}": value for place, value in values.items()})
    rows = len(next(iter(inputs.values())))
    graph = Graph(folder, rows)
    graph.load(list(values.values()))
    taken = dict(inputs) if isinstance(network.input, dict) else _scaled(inputs["picture"], scaling)
    difference = np.abs(graph.ask(inputs).answers - np.asarray(averaged(network(taken, training=False))))
    return LightFacts(weights=tuple(weights), difference=float(difference.max()), rows=rows)


def _weights(network: keras.Model) -> dict[int, keras.Variable]:
    """By their places among all variables; random states are none, for nothing random is done in answering."""
    return {place: each for place, each in enumerate(network.variables) if each.dtype.startswith("float")}


def _graph(network: keras.Model, weights: list[keras.Variable], scaling: Scaling = AS_IT_IS) -> bytes:
    """Takes the network's inputs and the weights, and gives what `asked_network` does."""
    asked = asked_network(network)
    taken = network.input if isinstance(network.input, dict) else {"picture": network.input}
    names = list(taken)
    kinds = [tf.int32 if name == "categories" else tf.float32 for name in names]
    inputs = [
        tf.TensorSpec(tensor.shape, kind, f"{INPUT}{name}")
        for (name, tensor), kind in zip(taken.items(), kinds, strict=True)
    ]
    specs = [tf.TensorSpec(each.shape, tf.float32, f"{WEIGHT}{place}") for place, each in enumerate(weights)]

    constants = {
        id(each): tf.constant(each.value.numpy()) for each in asked.variables if not each.dtype.startswith("float")
    }

    def answer(*given: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        entering, rest = dict(zip(names, given, strict=False)), given[len(names) :]
        values = {id(each): value for each, value in zip(weights, rest, strict=True)}
        trainable, fixed = (
            [values.get(id(each), constants.get(id(each))) for each in some]
            for some in (asked.trainable_variables, asked.non_trainable_variables)
        )
        asking = entering if isinstance(network.input, dict) else _scaled(entering["picture"], scaling)
        (answers, hidden), _ = asked.stateless_call(trainable, fixed, asking, training=False)
        return tf.cast(averaged(answers), tf.float32), tf.cast(hidden, tf.float32)

    with _plain_bias():
        traced = tf.function(answer, input_signature=[*inputs, *specs], autograph=False).get_concrete_function()
    return tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module()).convert()


def _scaled(pixels: Any, scaling: Scaling) -> Any:
    return pixels if scaling == AS_IT_IS else pixels * scaling.scale + scaling.offset


@contextmanager
def _plain_bias() -> Iterator[None]:
    """A bias of (members, 1) Keras adds along the second axis by `bias_add`, of which the converter makes nonsense."""
    own = tf.nn.bias_add

    def added(value: tf.Tensor, bias: tf.Tensor, data_format: str = "NHWC") -> tf.Tensor:
        if data_format == "NHWC":
            return own(value, bias, data_format)
        return value + tf.reshape(bias, [-1, *[1] * (len(value.shape) - 2)])

    tf.nn.bias_add = added
    try:
        yield
    finally:
        tf.nn.bias_add = own


def _last(network: keras.Model) -> keras.layers.Layer:
    """What follows it only shapes the answer."""
    layers = layers_of(network)
    return next((layer for layer in reversed(layers) if layer.weights), layers[-1])


def _some_inputs(network: keras.Model, run: Run, workspace: Workspace) -> Inputs:
    """Of the test set or, where that is not here any more, drawn at random."""
    try:
        return test_rows_of(run, DatasetStore(workspace)).block(slice(COMPARED_ROWS))
    except DatasetError:
        random = np.random.default_rng(0)
        if not isinstance(network.input, dict):
            return {
                "picture": random.integers(0, 256, (COMPARED_ROWS, *network.inputs[0].shape[1:])).astype(np.float32)
            }
        return {name: random.normal(size=(COMPARED_ROWS, *tensor.shape[1:])) for name, tensor in network.input.items()}
