"""A specification repaired: with other layers, columns, training or labels, and what is found with its cure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dl.errors import Problem
from dl.specs.layers import Dense, Flatten, Layer
from dl.specs.network import NetworkSpec
from dl.specs.placing import changes_shape
from dl.specs.run import RunSpec
from dl.tasks.task import TargetEncoding


@dataclass(frozen=True)
class Finding(Problem):
    """With the repaired specification as its `cure`, if there is just one."""

    cure: RunSpec | None = field(default=None, compare=False, repr=False)


def with_layers(spec: RunSpec, layers: Sequence[Layer]) -> RunSpec:
    return with_model(spec, layers=tuple(layers))


def with_columns(spec: RunSpec, **update: Any) -> RunSpec:
    assert spec.model.columns
    return with_model(spec, inputs=(spec.model.columns.model_copy(update=update),))


def with_model(spec: RunSpec, **update: Any) -> RunSpec:
    return spec.model_copy(update={"model": NetworkSpec.model_validate(spec.model.model_dump() | update)})


def with_training(spec: RunSpec, **update: Any) -> RunSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=update)})


def with_encoding(spec: RunSpec, encoding: TargetEncoding) -> RunSpec:
    return spec.model_copy(update={"data": spec.data.model_copy(update={"target_encoding": encoding})})


def flatten_later(layers: Sequence[Layer]) -> list[Layer]:
    """The same layers with one Flatten, behind the last one that needs a picture, and dense ones behind that."""
    rest = [layer for layer in layers if not isinstance(layer, Flatten)]
    last = max(i for i, layer in enumerate(rest) if _needs_picture(layer))
    dense = [layer for layer in rest[:last] if isinstance(layer, Dense)]
    pictures = [layer for layer in rest[: last + 1] if not isinstance(layer, Dense)]
    return [*pictures, Flatten(), *dense, *rest[last + 1 :]]


def _needs_picture(layer: Layer) -> bool:
    return changes_shape(layer) and not isinstance(layer, Dense | Flatten)


def insert_flatten(layers: Sequence[Layer]) -> list[Layer]:
    """Before the dense layers at the end."""
    place = len(layers)
    while place and isinstance(layers[place - 1], Dense):
        place -= 1
    return [*layers[:place], Flatten(), *layers[place:]]
