"""How a network is written in each form, and how a file of that form is asked: each by the reader that users have."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator
from onnx.reference.ops.op_one_hot import OneHot
from tf2onnx.handler import tf_op

from dl.files import temporary

Rows = Mapping[str, tf.Tensor]  # (rows, ...) by the names of the inputs
Answers = NDArray[np.float32]  # (rows, outputs)


@tf_op("Erfc")
class _Erfc:
    """tf2onnx does not know it, and Keras's gelu is made of it: 1 - erf, which ONNX has."""

    @classmethod
    def version_9(cls, graph: Any, node: Any, **_: Any) -> None:
        shape, kind = graph.get_shape(node.output[0]), graph.get_dtype(node.output[0])
        graph.remove_node(node.name)
        one = graph.make_const(tf2onnx.utils.make_name(node.name), np.array(1, np.float32))
        erf = graph.make_node("Erf", [node.input[0]], shapes=[shape], dtypes=[kind])
        operands = [one.output[0], erf.output[0]]
        graph.make_node("Sub", operands, name=node.name, outputs=node.output, shapes=[shape], dtypes=[kind])


class _OneHot(OneHot):
    """onnx's own reader stumbles over a depth in a list of one, as tf2onnx writes it and the standard allows."""

    op_domain = ""

    def _run(self, indices: Any, depth: Any, values: Any, axis: Any = None) -> Any:
        return super()._run(indices, np.reshape(depth, ()), values, axis=axis)


_OneHot.__name__ = OneHot.__name__  # by which the reader finds it


def write_saved_model(model: keras.Model, path: Path) -> None:
    """Its folder, in a zip. `serve` takes columns by their names; in a signature, which cannot, they are numbered."""
    with temporary(path) as folder:
        model.export(folder, format="tf_saved_model", input_signature=_signature(model), verbose=False)
        shutil.make_archive(str(path.with_suffix("")), "zip", folder)


def _signature(model: keras.Model) -> list[Any] | None:
    if not isinstance(model.input, dict):
        return None
    return [
        {
            name: tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype, name=f"column_{place}")
            for place, (name, tensor) in enumerate(model.input.items())
        }
    ]


def write_onnx(model: keras.Model, path: Path) -> None:
    model.export(path, format="onnx", verbose=False)


def write_litert(model: keras.Model, path: Path) -> None:
    with _plain_bias():
        model.export(path, format="litert", verbose=False)


@contextmanager
def _plain_bias() -> Iterator[None]:
    """Keras adds the (members, 1) biases of an ensemble as those of channels that come first.

    The converter puts those last, and knows that for pictures alone.
    """
    usual = tf.nn.bias_add

    def added(value: tf.Tensor, bias: tf.Tensor, data_format: str | None = None, name: str | None = None) -> tf.Tensor:
        if data_format == "NCHW" and len(value.shape) == 3:
            return value + bias[:, tf.newaxis]
        return usual(value, bias, data_format, name)

    tf.nn.bias_add = added
    try:
        yield
    finally:
        tf.nn.bias_add = usual


def ask_keras(path: Path, rows: Rows) -> Answers:
    return _called(keras.models.load_model(path, compile=False), rows)


def ask_saved_model(path: Path, rows: Rows) -> Answers:
    with temporary(path) as folder:
        shutil.unpack_archive(path, folder, "zip")
        loaded = tf.saved_model.load(folder)  # held, for its variables go with it
        return _called(loaded.serve, rows)


def _called(answer: Any, rows: Rows) -> Answers:
    return np.asarray(answer(_alone(rows) if "picture" in rows else dict(rows)))


def _alone(rows: Rows) -> tf.Tensor:
    (picture,) = rows.values()
    return picture


def ask_onnx(path: Path, rows: Rows) -> Answers:
    network = ReferenceEvaluator(str(path), new_ops=[_OneHot])
    (answers,) = network.run(None, _named(rows, network.input_names))
    return np.asarray(answers)


def ask_litert(path: Path, rows: Rows) -> Answers:
    network = Interpreter(model_path=str(path)).get_signature_runner()
    (answers,) = network(**_named(rows, network.get_input_details())).values()
    return np.asarray(answers)


def _named(rows: Rows, names: Any) -> dict[str, NDArray[Any]]:
    """By the names in the file: a lone input may have any, others have their own with something behind it."""
    if len(rows) == 1:
        return {next(iter(names)): _alone(rows).numpy()}
    return {name: next(array for own, array in rows.items() if name.startswith(own)).numpy() for name in names}
