"""Specifications side by side: their settings by dotted names, and those in which they differ."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from dl.specs.run import RunSpec
from dl.specs.summary import structure

Settings = dict[str, Any]  # such as "training.optimizer.learning_rate" or "model.layers.2.units"
NOT_ASKED = ("version", "data.fingerprint")
LAYERS = "model.layers"


def differing(specs: Sequence[RunSpec]) -> list[Settings]:
    """Of each specification, in their order, what is not the same in all of them.

    What some do not have at all is told if the others differ in it: another optimiser has other settings. Networks
    whose layers are of other kinds differ in `model.layers` as a whole.
    """
    alike = len({tuple(layer.type for layer in spec.model.layers) for spec in specs}) == 1
    flat = [settings(spec, each_layer=alike) for spec in specs]
    names = list(dict.fromkeys(name for each in flat for name in each))
    told = [name for name in names if _differs([each[name] for each in flat if name in each])]
    return [{name: each[name] for name in told if name in each} for each in flat]


def settings(spec: RunSpec, each_layer: bool = True) -> Settings:
    """All of them, flat. A part that may be left out is True where it is there and None where it is not."""
    flat = _flat(spec.model_dump(mode="json", exclude={"model": {"layers"}}), "")
    layers = spec.model.model_dump(mode="json", include={"layers"})
    if each_layer:
        flat |= _flat({LAYERS: layers["layers"]}, "")
    else:
        flat[LAYERS] = structure(spec.model)
    return {name: value for name, value in flat.items() if name not in NOT_ASKED}


def family(spec: RunSpec) -> str:
    """What specifications share that differ in the seed alone."""
    training = spec.training.model_copy(update={"seed": 0})
    return hashlib.sha256(spec.model_copy(update={"training": training}).model_dump_json().encode()).hexdigest()


def _differs(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values)


def _flat(value: Any, name: str) -> Settings:
    if isinstance(value, Mapping):
        kind = {name: value.get("type", True)} if name else {}
        rest = {key: part for key, part in value.items() if key != "type"}
        return kind | {
            path: each for key, part in rest.items() for path, each in _flat(part, _below(name, key)).items()
        }
    if isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        return {
            path: each for place, part in enumerate(value) for path, each in _flat(part, _below(name, place)).items()
        }
    return {name: tuple(value) if isinstance(value, list) else value}


def _below(name: str, key: str | int) -> str:
    return f"{name}.{key}" if name else str(key)
