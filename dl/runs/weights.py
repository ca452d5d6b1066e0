"""Small pictures of what the layers of a network hold, which the worker leaves in the run's folder as it trains."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from dl.files import read_model, write_model

FILE = "weights.json"
MOST = 127  # of a signed byte


class LayerPicture(BaseModel):
    """`tiles` pictures of `height` times `width` weights, row by row, in base64 of signed bytes: 127 is `greatest`.

    `layer` is the layer's place in the specification, from 0.
    """

    model_config = ConfigDict(frozen=True)
    layer: int
    tiles: int
    height: int
    width: int
    greatest: float
    values: str


class WeightPictures(BaseModel):
    """As they were after `step` steps."""

    model_config = ConfigDict(frozen=True)
    step: int
    layers: tuple[LayerPicture, ...]


def layer_picture(layer: int, tiles: NDArray[np.floating[Any]]) -> LayerPicture:
    """`tiles` (tiles, height, width); what is not finite counts as 0."""
    values = np.nan_to_num(tiles.astype(np.float32), posinf=0.0, neginf=0.0)
    greatest = float(np.abs(values).max(initial=0.0))
    scaled = np.rint(values * (MOST / greatest if greatest else 0.0)).astype(np.int8)
    count, height, width = tiles.shape
    text = base64.b64encode(scaled.tobytes()).decode()
    return LayerPicture(
        layer=layer, tiles=count, height=height, width=width, greatest=float(f"{greatest:.4g}"), values=text
    )


def write_weights(folder: Path, step: int, layers: Sequence[LayerPicture]) -> None:
    write_model(folder / FILE, WeightPictures(step=step, layers=tuple(layers)))


def read_weights(folder: Path) -> dict[str, Any] | None:
    """As plain JSON values; None where there are none, or nonsense."""
    pictures = read_model(folder / FILE, WeightPictures)
    return pictures.model_dump(mode="json") if pictures else None
