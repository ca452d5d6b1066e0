"""What of the training is rarely changed goes through JSON and back, and what was written without it still loads."""

import json
from typing import Any

import pytest

from dl.datasets.catalogue import BUILTINS
from dl.errors import SpecError
from dl.specs import RunSpec, parse_spec
from dl.specs.presets import default_spec
from dl.specs.schedules import SCHEDULES

WHOLE = {
    "learning_rate_schedule": {"type": "CosineDecay", "alpha": 0.1, "warmup_epochs": 2},
    "reduce_on_plateau": {"monitor": "val_accuracy", "factor": 0.25, "patience": 4, "min_learning_rate": 1e-6},
    "gradient_clipping": {"by": "clipvalue", "value": 0.5},
    "class_weight": "balanced",
    "precision": "mixed_float16",
    "metrics": ("accuracy", "top_5_accuracy"),
}


def with_training(**training: Any) -> RunSpec:
    return parse_spec(default_spec(BUILTINS["digits"]).model_dump(mode="json") | {"training": training})


def there_and_back(spec: RunSpec) -> RunSpec:
    return parse_spec(spec.model_dump_json())


def test_everything_about_training_comes_back_equal_from_json() -> None:
    spec = with_training(**WHOLE)
    assert there_and_back(spec) == spec
    assert spec.training.model_dump(include=set(WHOLE)) == WHOLE


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_comes_back_as_its_own_class(name: str) -> None:
    spec = there_and_back(with_training(learning_rate_schedule={"type": name}))
    assert type(spec.training.learning_rate_schedule) is SCHEDULES[name]


def test_specification_written_before_a_field_existed_still_loads() -> None:
    spec = default_spec(BUILTINS["digits"])
    old = spec.model_dump(mode="json")
    for name in WHOLE:
        del old["training"][name]
    for layer in old["model"]["layers"]:
        for name in ("kernel_l1", "kernel_l2"):
            layer.pop(name, None)
    assert parse_spec(json.dumps(old)) == spec


def test_accuracy_is_measured_where_nothing_is_said_of_metrics() -> None:
    assert with_training().training.metrics == ("accuracy",)


@pytest.mark.parametrize("metrics", [(), ("accuracy", "accuracy"), ("accuracy", "nonsense"), "accuracy"])
def test_metrics_are_known_and_different(metrics: Any) -> None:
    with pytest.raises(SpecError) as raised:
        with_training(metrics=metrics)
    (problem,) = raised.value.problems
    assert problem.facts["where"].startswith("training.metrics")
