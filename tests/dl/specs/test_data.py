"""Which data a specification may name, and how much of it can be held out."""

import pytest
from pydantic import ValidationError

from dl.specs.data import DataSpec


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
