"""What each layer has learnt, small enough to be sent many times: its kernels as pictures, or a part of its matrix."""

from collections.abc import Sequence
from math import prod
from typing import Any

import keras
import numpy as np

from dl.runs.weights import LayerPicture, layer_picture

TILES = 8
PIXELS = 28  # of a tile's longer side
ROWS, COLUMNS = 16, 64


def weight_pictures(layers: Sequence[keras.layers.Layer]) -> list[LayerPicture]:
    """Of every layer with a kernel. Only what is drawn of a kernel is read, so that a large one costs no more."""
    picture: tuple[int, ...] | None = layers[0].input.shape[1:]  # what one unit looks at, if a picture
    pictures = []
    for place, layer in enumerate(layers):
        if (kernel := getattr(layer, "kernel", None)) is not None:
            pictures.append(layer_picture(place, _tiles(kernel, picture)))
            picture = None
    return pictures


def _tiles(kernel: keras.Variable, picture: tuple[int, ...] | None) -> np.ndarray:
    """(tiles, height, width) of its weights."""
    if len(kernel.shape) == 4:
        return _filters(kernel)
    if len(kernel.shape) == 3:
        return _matrix(kernel.value[0])  # of the first member of an ensemble
    if picture and len(picture) == 3 and kernel.shape[0] == prod(picture):
        return _seen(kernel, picture)
    return _matrix(kernel.value)


def _filters(kernel: keras.Variable) -> np.ndarray:
    """Of a convolution: the first filters as they look at the first channel."""
    return np.moveaxis(kernel.value[:, :, 0, :TILES].numpy(), -1, 0)


def _seen(kernel: keras.Variable, shape: tuple[int, ...]) -> np.ndarray:
    """Of a dense layer behind a flattened picture: the picture that each of the first units looks for."""
    units = min(TILES, kernel.shape[1])
    pictures = kernel.value[:, :units].numpy().T.reshape(units, *shape).mean(axis=-1)
    step = -(-max(shape[:2]) // PIXELS)
    return pictures[:, ::step, ::step]


def _matrix(kernel: Any) -> np.ndarray:
    """Of another dense layer: a row a unit, a column an input, evenly spread where there are more than can be seen."""
    across, down = (-(-size // most) for size, most in zip(kernel.shape, (COLUMNS, ROWS), strict=True))
    return kernel[::across, ::down].numpy().T[None]
