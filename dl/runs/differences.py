"""In which settings some runs differ, and which of them can be compared row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dl.datasets import Dataset
from dl.runs.run import Predictions
from dl.specs import RunSpec
from dl.specs.summary import structure

NETWORK = "network"
IGNORED = ("version", "data.fingerprint")
Settings = dict[str, Any]


def differing_settings(specs: Sequence[RunSpec]) -> list[Settings]:
    """Of each run those by which any two differ, by dotted names, None where a run has none of that name.

    Layers are compared one by one where all have the same kinds of them in the same order; else the whole network is
    told in a few words.
    """
    alike = len({tuple(layer.type for layer in spec.model.layers) for spec in specs}) == 1
    flat = [_flat(spec, alike) for spec in specs]
    names = list(dict.fromkeys(name for settings in flat for name in settings))
    kept = [name for name in names if len({repr(settings.get(name)) for settings in flat}) > 1]
    return [{name: settings.get(name) for name in kept} for settings in flat]


def _flat(spec: RunSpec, layer_by_layer: bool) -> Settings:
    settings = dict(_leaves(spec.model_dump(mode="json", exclude={"model": {"layers"}})))
    if layer_by_layer:
        settings |= dict(_leaves([layer.model_dump(mode="json") for layer in spec.model.layers], "layers."))
    else:
        settings[NETWORK] = structure(spec.model)
    return {name: value for name, value in settings.items() if name not in IGNORED}


def _leaves(value: Any, name: str = "") -> Any:
    """Each with its dotted name."""
    if isinstance(value, Mapping | list):
        items = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
        for key, part in items:
            yield from _leaves(part, f"{name}{key}.")
    else:
        yield name.removesuffix("."), value


def same_rows(first: tuple[Dataset, Predictions], second: tuple[Dataset, Predictions]) -> bool:
    """Whether both were asked for the same target of the same rows."""
    (dataset, answers), (other, others) = first, second
    if (dataset.fingerprint, dataset.target) != (other.fingerprint, other.target):
        return False
    return np.array_equal(answers.targets, others.targets) and _equal(answers.rows, others.rows)


def _equal(first: np.ndarray | None, second: np.ndarray | None) -> bool:
    return first is second or (first is not None and second is not None and np.array_equal(first, second))
