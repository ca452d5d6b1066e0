"""How large a foreign model would become, by its configuration: less than Keras would have to try to find out."""

import math
from collections.abc import Iterator
from typing import Any

from dl.errors import ModelRefused
from dl.models.archive import parts

MOST_INPUT = 50_000_000  # numbers of one example
MOST_SIZE = 10**12  # above, one is as much too large as another, and can still be computed with
MOST_DIMENSIONS = 8
_RECURRENT = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}  # matrices of (units, units)


def check_sizes(config: dict[str, Any], stored: int) -> None:
    """Of a configuration that was looked into, with so many numbers among the weights. Raises ModelRefused."""
    needed: dict[str, int] = {}
    for name, settings in _layers(config):
        shape = settings.get("batch_shape")
        if isinstance(shape, list) and (numbers := _product(shape)) > MOST_INPUT:
            raise ModelRefused(reason="input_too_large", given=numbers, most=MOST_INPUT)
        label = str(settings.get("name", name))
        needed[label] = needed.get(label, 0) + _least(name, settings)
    if sum(needed.values()) > stored:
        largest = max(needed, key=lambda label: needed[label])
        raise ModelRefused(reason="weights_missing", name=largest[:80], given=needed[largest], stored=stored)


def _layers(config: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kind of each, and its settings."""
    for _, value in parts(config):
        if isinstance(value, dict) and value.get("module") == "keras.layers":
            settings = value.get("config")
            yield value["class_name"], settings if isinstance(settings, dict) else {}


def _least(name: str, settings: dict[str, Any]) -> int:
    """How many weights such a layer has at least, whatever goes into it."""
    units = _size(settings.get("units"))
    if name == "Dense":
        return units
    if name in _RECURRENT:
        return _RECURRENT[name] * units**2
    if name == "Embedding":
        return _size(settings.get("input_dim")) * _size(settings.get("output_dim"))
    if name.startswith("Conv"):
        kernel = settings.get("kernel_size")
        return _size(settings.get("filters")) * _product(kernel if isinstance(kernel, list) else [kernel])
    return 0


def _size(value: Any) -> int:
    """0 of what is none: Keras says that itself."""
    return min(value, MOST_SIZE) if isinstance(value, int) and value > 0 else 0


def _product(shape: list[Any]) -> int:
    """What is left open counts as one."""
    return math.prod(_size(size) or 1 for size in shape[:MOST_DIMENSIONS])
