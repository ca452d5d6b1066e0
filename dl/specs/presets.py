"""Networks to start from, fitted to a data set's number of classes and range of pixel values."""

from collections.abc import Callable

from dl.datasets import Dataset
from dl.specs.data import DataSpec
from dl.specs.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    Rescaling,
)
from dl.specs.network import NetworkSpec
from dl.specs.run import RunSpec


def _textbook() -> list[Layer]:
    return [Flatten(), Dense(units=128, activation="relu")]


def _convolutional() -> list[Layer]:
    return [Conv2D(filters=32), MaxPooling2D(), Conv2D(filters=64), MaxPooling2D(), Flatten()]


def _regularised() -> list[Layer]:
    blocks: list[Layer] = []
    for filters in (32, 64):
        blocks += [Conv2D(filters=filters), BatchNormalization(momentum=0.9), MaxPooling2D()]
    return [*blocks, Flatten(), Dropout(rate=0.25), Dense(units=128), Dropout(rate=0.5)]


PRESETS: dict[str, Callable[[], list[Layer]]] = {
    "textbook": _textbook,
    "convolutional": _convolutional,
    "convolutional_regularised": _regularised,
}


def preset(name: str, dataset: Dataset) -> NetworkSpec:
    """The preset with pixels scaled to 0-1 in front and one softmax output a class behind. Raises KeyError."""
    scaling = Rescaling(scale=1 / dataset.value_range[1])
    output = Dense(units=len(dataset.classes), activation="softmax")
    return NetworkSpec.model_validate({"layers": (scaling, *PRESETS[name](), output)})


def preset_name(model: NetworkSpec, dataset: Dataset) -> str | None:
    """The preset that this model is, or None if it was changed."""
    return next((name for name in PRESETS if preset(name, dataset) == model), None)


def default_spec(dataset: Dataset, name: str = "textbook") -> RunSpec:
    """5 epochs, batches of 32, Adam, a tenth of the training set held out for validation."""
    return RunSpec(data=DataSpec(dataset=dataset.id), model=preset(name, dataset))
