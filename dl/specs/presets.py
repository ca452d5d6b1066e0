"""Networks to start from, fitted to what goes in and what the task asks for."""

from collections.abc import Callable
from typing import Any

from dl.datasets import Dataset
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
from dl.tasks import task_of


def _textbook() -> list[Layer]:
    return [Flatten(), Dense(units=128, activation="relu")]


def _convolutional() -> list[Layer]:
    return [Conv2D(filters=32), MaxPooling2D(), Conv2D(filters=64), MaxPooling2D(), Flatten()]


def _regularised() -> list[Layer]:
    blocks: list[Layer] = []
    for filters in (32, 64):
        blocks += [Conv2D(filters=filters), BatchNormalization(momentum=0.9), MaxPooling2D()]
    return [*blocks, Flatten(), Dropout(rate=0.25), Dense(units=128), Dropout(rate=0.5)]


def _table() -> list[Layer]:
    return [Dense(units=32, activation="relu")]


PRESETS: dict[str, Callable[[], list[Layer]]] = {
    "textbook": _textbook,
    "convolutional": _convolutional,
    "convolutional_regularised": _regularised,
}
_OF_NUMBERS: dict[str, Callable[[], list[Layer]]] = {"textbook": _table}


def presets_for(dataset: Dataset) -> dict[str, Callable[[], list[Layer]]]:
    return PRESETS if dataset.picture else _OF_NUMBERS


def preset(name: str, dataset: Dataset) -> NetworkSpec:
    """The preset with its input scaled in front and the outputs of the task behind. Raises KeyError."""
    task = task_of(dataset)
    scaling = Rescaling(scale=1 / dataset.value_range[1]) if dataset.picture else BatchNormalization(momentum=0.9)
    output = Dense.model_validate({"units": task.outputs, "activation": task.fit(task.usual_loss).activations[0]})
    layers = (scaling, *presets_for(dataset)[name](), output)
    return NetworkSpec.model_validate({"inputs": ({"kind": dataset.kind},), "layers": layers})


def preset_name(model: NetworkSpec, dataset: Dataset) -> str | None:
    """The preset that this model is, or None if it was changed."""
    return next((name for name in presets_for(dataset) if preset(name, dataset) == model), None)


def default_spec(dataset: Dataset, name: str = "textbook") -> RunSpec:
    """Adam and batches of 32; 5 epochs of pictures, 40 of a table's fewer rows; a tenth held out for validation."""
    task = task_of(dataset)
    data = {"dataset": dataset.id, "target_encoding": task.fit(task.usual_loss).encoding}
    training: dict[str, Any] = {"loss": task.usual_loss, "metrics": (task.metrics[0].name,)}
    if not dataset.picture:
        training |= {"epochs": 40, "optimizer": {"type": "Adam", "learning_rate": 0.01}}
    return RunSpec.model_validate({"data": data, "model": preset(name, dataset), "training": training})
