"""From a drawing to what a network for small pictures takes, step by step, as MNIST's own digits were made.

They were fitted into 20 × 20 pixels with their shape kept, then put into 28 × 28 so that their centre of mass is in the
middle (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"). Other sizes are scaled alike.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

StepName = Literal["cut", "fit", "centre"]
STEPS: tuple[StepName, ...] = get_args(StepName)
INKED = 0.1  # of full ink: what is fainter is paper
INNER = 20 / 28  # of the side, for the longer side of what was drawn
Ink = NDArray[np.float32]  # (height, width), 0 is paper and 1 full ink


@dataclass(frozen=True)
class Seen:
    """What came of each step, (height, width) of 0 to 255; `picture` (side, side) is what the network gets."""

    drawn: NDArray[np.uint8]
    cut: NDArray[np.uint8]
    fitted: NDArray[np.uint8]
    picture: NDArray[np.uint8]


def seen(ink: Ink, side: int, steps: Collection[StepName] = STEPS) -> Seen | None:
    """None where nothing is drawn. A step that is left out leaves the ink where, or as large as, it is."""
    if not (box := _box(ink)):
        return None
    rows, columns = box if "cut" in steps else (slice(0, ink.shape[0]), slice(0, ink.shape[1]))
    cut = ink[rows, columns]
    fitted = _fitted(cut, INNER * side / max(cut.shape) if "fit" in steps else side / max(ink.shape))
    if "centre" in steps:
        place = _centre_of_mass(fitted)
    else:
        scale = side / max(ink.shape)
        middle = np.array([(part.start + part.stop) / 2 * scale for part in (rows, columns)])
        place = np.array(fitted.shape) / 2 - (middle - side / 2)
    return Seen(_pixels(ink), _pixels(cut), _pixels(fitted), _pixels(_placed(fitted, side, place)))


def _box(ink: Ink) -> tuple[slice, slice] | None:
    inked = ink > INKED
    if not inked.any():
        return None
    ends = [np.flatnonzero(inked.any(axis=axis))[[0, -1]] for axis in (1, 0)]
    return slice(int(ends[0][0]), int(ends[0][1]) + 1), slice(int(ends[1][0]), int(ends[1][1]) + 1)


def _fitted(cut: Ink, scale: float) -> Ink:
    height, width = (max(1, round(size * scale)) for size in cut.shape)
    picture = Image.fromarray(cut).resize(
        (width, height), Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    )
    return np.clip(np.asarray(picture, np.float32), 0, 1)


def _centre_of_mass(ink: Ink) -> NDArray[np.float64]:
    """(row, column), in pixels from the upper left corner."""
    places = np.indices(ink.shape) + 0.5
    return (places * ink).sum(axis=(1, 2)) / max(float(ink.sum()), 1e-9)


def _placed(ink: Ink, side: int, middle: NDArray[np.float64]) -> Ink:
    """In a square of this side, with the point `middle` of it in the square's middle; what lies outside is lost."""
    square = np.zeros((side, side), np.float32)
    top, left = (round(side / 2 - float(at)) for at in middle)
    rows = slice(max(top, 0), min(top + ink.shape[0], side))
    columns = slice(max(left, 0), min(left + ink.shape[1], side))
    if rows.start < rows.stop and columns.start < columns.stop:
        square[rows, columns] = ink[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return square


def _pixels(ink: Ink) -> NDArray[np.uint8]:
    return np.rint(ink * 255).astype(np.uint8)
