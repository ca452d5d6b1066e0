"""What training sees of the features: rows of each input, by number."""

from typing import Protocol

import numpy as np
import tensorflow as tf

ALIGNMENT = 64  # of a tensor's first byte; TensorFlow ends the process where it is not kept


class Source(Protocol):
    def take(self, rows: tf.Tensor) -> dict[str, tf.Tensor]:
        """By the names of the inputs; traced into the programs of many steps."""
        ...


class Resident:
    """Features that stay in memory as stored."""

    def __init__(self, inputs: dict[str, np.ndarray]) -> None:
        self._tensors = {name: _in_memory(array) for name, array in inputs.items()}

    def take(self, rows: tf.Tensor) -> dict[str, tf.Tensor]:
        return {name: tf.gather(tensor, rows) for name, tensor in self._tensors.items()}


def _in_memory(array: np.ndarray) -> tf.Tensor:
    """Without a copy of the file that it is mapped from: its pages are in memory already, or come when needed."""
    if tf.config.list_logical_devices("GPU") or not _is_whole_file(array) or array.ctypes.data % ALIGNMENT:
        return tf.constant(array)
    assert isinstance(array, np.memmap) and array.filename
    writable = np.memmap(array.filename, array.dtype, "c", array.offset, array.shape)  # NumPy demands it
    return tf.experimental.dlpack.from_dlpack(np.asarray(writable).__dlpack__())


def _is_whole_file(array: np.ndarray) -> bool:
    return isinstance(array, np.memmap) and not isinstance(array.base, np.ndarray) and array.flags.c_contiguous
