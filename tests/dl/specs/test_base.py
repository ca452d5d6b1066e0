"""No part of a specification can be changed, be more than it says, or be no number."""

import pytest
from pydantic import ValidationError

from dl.datasets.catalogue import BUILTINS
from dl.specs.base import Spec
from dl.specs.presets import default_spec


class Share(Spec):
    share: float


@pytest.mark.parametrize("value", [{"share": float("nan")}, {"share": float("inf")}, {"share": 1, "other": 2}, {}])
def test_part_is_refused_when_it_is_not_finite_or_not_what_was_asked_for(value: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Share.model_validate(value)


def test_specification_cannot_be_changed() -> None:
    spec = default_spec(BUILTINS["digits"])
    for part, name in (
        (spec, "data"),
        (spec.training, "epochs"),
        (spec.model, "layers"),
        (spec.model.layers[2], "units"),
    ):
        with pytest.raises(ValidationError):
            setattr(part, name, 1)
    assert isinstance(spec.model.layers, tuple)
