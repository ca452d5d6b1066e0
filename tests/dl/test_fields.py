"""What a form reads from the classes of a specification, no part of which can be changed, be more than it says, or
be no number."""

from typing import get_args

import pytest
from pydantic import ValidationError

from dl.datasets.catalogue import BUILTINS
from dl.fields import Block, Field, Spec
from dl.specs import EarlyStopping, Monitor
from dl.specs.layers import LAYERS, Conv2D, Dense, Dropout, RandomFlip, Rescaling
from dl.specs.optimizers import OPTIMIZERS, SGD, Momentum
from dl.specs.presets import default_spec
from dl.specs.schedules import SCHEDULES

BLOCKS = [*LAYERS.values(), *OPTIMIZERS.values(), *SCHEDULES.values()]


def test_bounds_are_read_when_both_ends_are_allowed() -> None:
    assert Dense.fields()[0] == Field("units", "integer", 128, minimum=1, maximum=65_536)


def test_minimum_is_exclusive_when_it_is_not_allowed_itself() -> None:
    assert SGD.fields() == (Field("learning_rate", "number", 0.01, minimum=0, maximum=100, exclusive=True),)
    assert Rescaling.fields()[0].exclusive


def test_maximum_is_read_when_it_is_not_allowed_itself() -> None:
    assert Dropout.fields() == (Field("rate", "number", 0.2, minimum=0, maximum=1, below=True),)


def test_choices_are_read_from_the_literal() -> None:
    modes = ("horizontal", "vertical", "horizontal_and_vertical")
    assert RandomFlip.fields() == (Field("mode", "choice", "horizontal", choices=modes),)


def test_switch_is_read_from_a_bool() -> None:
    assert Field("nesterov", "switch", False) in Momentum.fields()


def test_inherited_fields_are_read() -> None:
    assert [field.name for field in Momentum.fields()] == ["learning_rate", "momentum", "nesterov"]


def test_what_is_rarely_changed_comes_last() -> None:
    for layer, own in ((Dense, 2), (Conv2D, 5)):
        assert [field.name for field in layer.fields()[own:]] == ["kernel_l1", "kernel_l2"]


def test_fields_are_read_from_any_part_of_a_specification() -> None:
    monitor = Field("monitor", "choice", "val_loss", choices=get_args(Monitor))
    assert EarlyStopping.fields() == (monitor, Field("patience", "integer", 3, minimum=1, maximum=1000))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_default_and_inclusive_bounds_are_accepted_and_what_lies_beyond_is_not(block: type[Block]) -> None:
    for field in block.fields():
        if field.kind in ("choice", "switch"):
            assert field.default in (field.choices or (True, False))
            continue
        assert field.minimum is not None and field.maximum is not None, f"{field.name} has no bounds"
        assert field.minimum <= field.default <= field.maximum
        block.model_validate({field.name: field.default})
        if not field.exclusive:
            block.model_validate({field.name: field.minimum})
        for beyond in (field.minimum - 1, field.maximum + 1, field.minimum if field.exclusive else field.minimum - 1):
            with pytest.raises(ValidationError):
                block.model_validate({field.name: beyond})


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
