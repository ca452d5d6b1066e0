"""From a picture file to what the network of a run takes: of a digit step by step, others are resized."""

import base64
import io
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dl.datasets import Dataset
from dl.errors import BadPicture
from dl.prediction.drawing import STEPS, Ink, Seen, StepName, seen

DIGITS = tuple("0123456789")
FORMATS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 10_000_000
MOST_PIXELS = 25_000_000
WORKING_SIDE = 224  # of a photo of a digit, before its steps
FAINTEST = 0.08  # contrast of ink to paper


@dataclass(frozen=True)
class Taken:
    """`pixels` (height, width, channels) uint8 as the data set has them; of a digit, what came of each step."""

    pixels: NDArray[np.uint8]
    seen: Seen | None = None


def is_of_digits(dataset: Dataset) -> bool:
    """Whether it is bright ink on dark paper, so that one can draw for it."""
    return bool(dataset.picture) and dataset.shape[2] == 1 and dataset.classes == DIGITS


def taken(content: bytes, dataset: Dataset, steps: Collection[StepName] = STEPS) -> Taken:
    """One that has the size of the data set's own is taken as it is. Raises BadPicture."""
    picture = _opened(content)
    height, width, channels = dataset.shape
    if picture.size == (width, height):
        return Taken(_in_range(_channels(picture, channels), dataset))
    if is_of_digits(dataset):
        ink = _ink(picture)
        if (found := seen(ink, dataset.shape[0], steps)) is None:
            raise BadPicture(reason="empty")
        return Taken(_in_range(found.picture[..., np.newaxis], dataset), found)
    pixels = _channels(ImageOps.fit(picture.convert("RGB"), (width, height), Image.Resampling.LANCZOS), channels)
    is_dark_on_light = channels == 1 and _border(pixels) > 127
    return Taken(_in_range(255 - pixels if is_dark_on_light else pixels, dataset))


def _channels(picture: Image.Image, channels: int) -> NDArray[np.uint8]:
    """(height, width, channels)"""
    pixels = np.asarray(picture.convert("RGB" if channels == 3 else "L"), np.uint8)
    return pixels if channels == 3 else pixels[..., np.newaxis]


def _opened(content: bytes) -> Image.Image:
    if len(content) > MOST_BYTES:
        raise BadPicture(reason="too_large", bytes=len(content), most=MOST_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise BadPicture(reason="too_many_pixels", pixels=picture.width * picture.height, most=MOST_PIXELS)
            picture.load()
            return _on_white(ImageOps.exif_transpose(picture))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(reason="unreadable", formats=", ".join(FORMATS)) from error


def _on_white(picture: Image.Image) -> Image.Image:
    """What can be seen through shows white paper."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    paper = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(paper, clear).convert("RGB")


def _ink(picture: Image.Image) -> Ink:
    """How much ink is where, whether it is dark on light or light on dark; the paper is what most of the border is."""
    grey = ImageOps.contain(picture.convert("L"), (WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    values = np.asarray(grey, np.float32) / 255
    contrast = np.abs(values - np.float32(_border(values)))
    most = float(np.quantile(contrast, 0.999))
    if most < FAINTEST:
        raise BadPicture(reason="empty")
    ink = np.clip(contrast / most, 0, 1, dtype=np.float32)
    ink[ink < 0.25] = 0  # the shadows on paper
    return _square(ink)


def _square(ink: Ink) -> Ink:
    side = max(ink.shape)
    before = [(side - size) // 2 for size in ink.shape]
    return np.pad(ink, [(gap, side - size - gap) for gap, size in zip(before, ink.shape, strict=True)])


def _border(values: NDArray[Any]) -> float:
    """The median along the edges."""
    edges = (values[0], values[-1], values[:, 0], values[:, -1])
    return float(np.median(np.concatenate(edges)))


def _in_range(pixels: NDArray[np.uint8], dataset: Dataset) -> NDArray[np.uint8]:
    low, high = dataset.value_range
    return pixels if (low, high) == (0, 255) else np.rint(low + pixels / 255 * (high - low)).astype(np.uint8)


def encoded_steps(picture: Taken) -> dict[str, Any]:
    """As they are sent: "picture" is what the network gets, of a digit "drawn", "cut" and "fitted" what came before."""
    shown = {} if picture.seen is None else {name: getattr(picture.seen, name) for name in ("drawn", "cut", "fitted")}
    return {name: encoded(pixels) for name, pixels in {**shown, "picture": picture.pixels}.items()}


def encoded(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """In base64, height × width × channels bytes."""
    height, width = pixels.shape[:2]
    text = base64.b64encode(pixels.tobytes()).decode()
    return {"height": height, "width": width, "channels": pixels.size // (height * width), "pixels": text}
