"""What each layer has learnt, small enough to be sent many times: its kernels as pictures, or a part of its matrix."""

from collections.abc import Iterator
from math import prod

import keras
import numpy as np

from dl.runs.weights import LayerPicture, layer_picture
from dl.training.build import layers_of

TILES = 8
PIXELS = 28  # of a tile's longer side
ROWS, COLUMNS = 16, 64


def weight_pictures(model: keras.Model) -> list[LayerPicture]:
    """Of every layer with a kernel. Only what is drawn of a kernel is read, so that a large one costs no more."""
    return [layer_picture(place, tiles) for place, tiles in _tiles(model)]


def _tiles(model: keras.Model) -> Iterator[tuple[int, np.ndarray]]:
    """The place of a layer, and (tiles, height, width) of its weights."""
    picture: tuple[int, ...] | None = tuple(model.input_shape[1:])  # what one unit of the layer looks at, if a picture
    for place, layer in enumerate(layers_of(model)):
        kernel = getattr(layer, "kernel", None)
        if kernel is None:
            continue
        if len(kernel.shape) == 4:
            yield place, _filters(kernel)
        elif len(kernel.shape) == 2:
            is_picture = picture is not None and len(picture) == 3 and kernel.shape[0] == prod(picture)
            yield place, _seen(kernel, picture) if is_picture and picture else _matrix(kernel)
        picture = None


def _filters(kernel: keras.Variable) -> np.ndarray:
    """Of a convolution: the first filters as they look at the first channel."""
    return np.moveaxis(kernel.value[:, :, 0, :TILES].numpy(), -1, 0)


def _seen(kernel: keras.Variable, shape: tuple[int, ...]) -> np.ndarray:
    """Of a dense layer behind a flattened picture: the picture that each of the first units looks for."""
    units = min(TILES, kernel.shape[1])
    pictures = kernel.value[:, :units].numpy().T.reshape(units, *shape).mean(axis=-1)
    step = -(-max(shape[:2]) // PIXELS)
    return pictures[:, ::step, ::step]


def _matrix(kernel: keras.Variable) -> np.ndarray:
    """Of another dense layer: a row a unit, a column an input, evenly spread where there are more than can be seen."""
    across, down = (-(-size // most) for size, most in zip(kernel.shape, (COLUMNS, ROWS), strict=True))
    return kernel.value[::across, ::down].numpy().T[None]
