"""What a network is called by those who did not name it."""

from typing import Any

import pytest

from dl.datasets.catalogue import BUILTINS
from dl.specs import NetworkSpec
from dl.specs.presets import PRESETS, preset
from dl.specs.summary import structure

DENSE, CONVOLUTION = {"type": "Dense"}, {"type": "Conv2D"}


def told(*layers: dict[str, Any]) -> str:
    return structure(NetworkSpec.model_validate({"layers": layers}))


def test_structure_tells_what_computes_and_how_large_it_is() -> None:
    scaling, flat, pooled = {"type": "Rescaling"}, {"type": "Flatten"}, {"type": "MaxPooling2D"}
    assert told(scaling, flat, DENSE | {"units": 128}, DENSE | {"units": 10}) == "Dense 128 → 10"
    assert (
        told(CONVOLUTION | {"filters": 32}, pooled, CONVOLUTION | {"filters": 64}, flat, DENSE | {"units": 10})
        == "Conv2D 32 → 64 → Dense 10"
    )
    assert told(DENSE | {"units": 8}, {"type": "Dropout", "rate": 0.25}) == "Dense 8 → Dropout 0.25"
    assert told({"type": "LayerNormalization"}, {"type": "LayerNormalization"}).count("LayerNormalization") == 2
    assert told(flat) == ""


def test_structure_of_a_deep_network_stays_short() -> None:
    deep = told(CONVOLUTION | {"filters": 32}, *[DENSE | {"units": units} for units in range(90, 10, -10)])
    assert deep == "Conv2D 32 → Dense 90 → … → Dense 20"


@pytest.mark.parametrize("name", PRESETS)
def test_structure_of_every_preset_fits_into_a_list(name: str) -> None:
    assert 0 < len(structure(preset(name, BUILTINS["mnist"]))) < 60
