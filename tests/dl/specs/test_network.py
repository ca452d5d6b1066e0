"""A network: one picture goes in unless it is said otherwise, and layers stay what they are."""

import pytest
from pydantic import ValidationError

from dl.specs.layers import Dense, Flatten
from dl.specs.network import MOST_LAYERS, NetworkSpec


def test_layers_are_kept_as_their_own_classes() -> None:
    assert NetworkSpec(layers=(Flatten(), Dense(units=2))).layers == (Flatten(), Dense(units=2))


@pytest.mark.parametrize("count", [0, MOST_LAYERS + 1])
def test_network_without_layers_or_with_too_many_is_refused(count: int) -> None:
    assert len(NetworkSpec(layers=(Flatten(),) * MOST_LAYERS).layers) == MOST_LAYERS
    with pytest.raises(ValidationError):
        NetworkSpec(layers=(Flatten(),) * count)


def test_picture_goes_in_unless_it_is_said_otherwise() -> None:
    said = {"inputs": [{"kind": "number"}], "layers": [{"type": "Dense"}]}
    assert [given.kind for given in NetworkSpec.model_validate(said).inputs] == ["number"]
    assert [given.kind for given in NetworkSpec(layers=(Flatten(),)).inputs] == ["picture"]
