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
from dl.specs.table_presets import TABLE_PRESETS as TABLE_PRESETS
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


PRESETS: dict[str, Callable[[], list[Layer]]] = {
    "textbook": _textbook,
    "convolutional": _convolutional,
    "convolutional_regularised": _regularised,
}


def presets_for(dataset: Dataset) -> tuple[str, ...]:
    """Their names, the one to begin with first."""
    return tuple(PRESETS if dataset.picture else TABLE_PRESETS)


def preset(name: str, dataset: Dataset) -> NetworkSpec:
    """The preset with its input in front and the outputs of the task behind. Raises KeyError."""
    task = task_of(dataset)
    output = Dense.model_validate(
        {"units": max(1, task.outputs), "activation": task.fit(task.usual_loss).activations[0]}
    )
    if not dataset.picture:
        wanted = TABLE_PRESETS[name](dataset)
        return NetworkSpec.model_validate({"inputs": (wanted.columns,), "layers": (*wanted.layers, output)})
    layers = (Rescaling(scale=1 / dataset.value_range[1]), *PRESETS[name](), output)
    return NetworkSpec.model_validate({"layers": layers})


def preset_name(model: NetworkSpec, dataset: Dataset) -> str | None:
    """The preset that this model is, or None if it was changed."""
    return next((name for name in presets_for(dataset) if preset(name, dataset) == model), None)


def default_spec(dataset: Dataset, name: str | None = None) -> RunSpec:
    """The first preset, or the one of this name, and its training; a tenth is held out for validation.

    Pictures are trained by Adam for 5 epochs in batches of 32, tables as their preset has it. Raises KeyError.
    """
    task, name = task_of(dataset), name or presets_for(dataset)[0]
    data = {"dataset": dataset.id, "target_encoding": task.fit(task.usual_loss).encoding}
    training: dict[str, Any] = {"loss": task.usual_loss, "metrics": task.usual_metrics}
    if not dataset.picture:
        training |= TABLE_PRESETS[name](dataset).training
    return RunSpec.model_validate({"data": data, "model": preset(name, dataset), "training": training})
