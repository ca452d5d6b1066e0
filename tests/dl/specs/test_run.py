"""A whole request, and one that was written when a network did not say yet what goes into it."""

import json

import pytest
from pydantic import ValidationError

from dl.datasets.catalogue import BUILTINS
from dl.specs import DataSpec, Fork, parse_spec
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


@pytest.mark.parametrize("name", ["", "../etc", "a/b", "Mnist", "-x", "x" * 65, "a b", "mnist\n"])
def test_name_that_could_lead_out_of_its_folder_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        DataSpec(dataset=name)


def test_name_of_a_folder_is_taken_and_a_tenth_is_held_out() -> None:
    assert DataSpec(dataset="my-own_set2").validation_share == 0.1
    assert DataSpec(dataset="x" * 64, validation_share=0).target_encoding == "integer"


@pytest.mark.parametrize("share", [-0.1, 0.91])
def test_share_that_leaves_too_little_is_refused(share: float) -> None:
    with pytest.raises(ValidationError):
        DataSpec(dataset="mnist", validation_share=share)
