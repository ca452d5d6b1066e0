"""Networks to start from: each comes back from JSON, and is known by its name until it is changed."""

from typing import Any

import pytest

from dl.datasets.catalogue import BUILTINS
from dl.specs import parse_spec
from dl.specs.layers import Dense
from dl.specs.presets import PRESETS, default_spec, preset, preset_name

PICTURE_SETS = [known for known in BUILTINS.values() if known.picture]


@pytest.mark.parametrize("dataset", PICTURE_SETS, ids=lambda dataset: dataset.id)
@pytest.mark.parametrize("name", PRESETS)
def test_preset_comes_back_equal_from_json(name: str, dataset: Any) -> None:
    spec = default_spec(dataset, name)
    again = parse_spec(spec.model_dump_json())
    assert again == spec and preset_name(again.model, dataset) == name


def test_default_is_the_textbook_network_as_the_command_line_promises() -> None:
    spec = default_spec(BUILTINS["mnist"])
    assert [layer.type for layer in spec.model.layers] == ["Rescaling", "Flatten", "Dense", "Dense"]
    assert spec.data.validation_share == 0.1
    assert (spec.training.epochs, spec.training.batch_size, spec.training.optimizer.type) == (5, 32, "Adam")


def test_changed_preset_has_no_name() -> None:
    digits = BUILTINS["digits"]
    model = preset("textbook", digits)
    assert preset_name(model.model_copy(update={"layers": (*model.layers, Dense())}), digits) is None
