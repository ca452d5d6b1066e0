"""A whole request, and one that was written when a network did not say yet what goes into it."""

import json

import pytest
from pydantic import ValidationError

from dl.datasets.catalogue import BUILTINS
from dl.specs import Fork, parse_spec
from dl.specs.presets import default_spec


def test_specification_of_version_1_is_read_as_one_of_a_picture() -> None:
    spec = default_spec(BUILTINS["digits"])
    old = spec.model_dump(mode="json") | {
        "version": 1,
        "model": {"layers": spec.model_dump(mode="json")["model"]["layers"]},
    }
    assert parse_spec(json.dumps(old)) == parse_spec(old) == spec
    assert spec.version == 2 and spec.model.inputs[0].kind == "picture"


@pytest.mark.parametrize("place", [{"run": "../1"}, {"run": "0"}, {"epoch": 0}, {"step": 0}], ids=str)
def test_fork_begins_at_a_saved_epoch_of_a_run(place: dict[str, object]) -> None:
    whole = {"run": "7", "epoch": 2, "step": 82}
    assert Fork.model_validate(whole).run == "7"
    with pytest.raises(ValidationError):
        Fork.model_validate(whole | place)
