"""A network: one picture goes in unless it is said otherwise, and layers stay what they are."""

import json

import pytest
from pydantic import ValidationError

from dl.preparation import ColumnsInput
from dl.specs.layers import Dense, Flatten
from dl.specs.network import MOST_LAYERS, NetworkSpec, PictureInput


def test_layers_are_kept_as_their_own_classes() -> None:
    assert NetworkSpec(layers=(Flatten(), Dense(units=2))).layers == (Flatten(), Dense(units=2))


@pytest.mark.parametrize("count", [0, MOST_LAYERS + 1])
def test_network_without_layers_or_with_too_many_is_refused(count: int) -> None:
    assert len(NetworkSpec(layers=(Flatten(),) * MOST_LAYERS).layers) == MOST_LAYERS
    with pytest.raises(ValidationError):
        NetworkSpec(layers=(Flatten(),) * count)


def test_picture_goes_in_unless_it_is_said_otherwise() -> None:
    said = {"inputs": [{"kind": "columns", "bins": 7, "members": 3}], "layers": [{"type": "Dense"}]}
    network = NetworkSpec.model_validate(said)
    assert network.columns == ColumnsInput(bins=7, members=3) and network.members == 3
    picture = NetworkSpec(layers=(Flatten(),))
    assert picture.inputs == (PictureInput(),) and picture.columns is None and picture.members == 1


def test_numbers_of_before_there_were_tables_are_read_as_columns() -> None:
    said = {"inputs": [{"kind": "number"}], "layers": [{"type": "Dense"}]}
    assert NetworkSpec.model_validate(said).inputs == (ColumnsInput(),)
    assert NetworkSpec.model_validate_json(json.dumps(said)).inputs == (ColumnsInput(),)
