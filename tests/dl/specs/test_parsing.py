"""From JSON and back; nonsense is answered with the place where it stands."""

import json
from typing import Any

import pytest

from dl.datasets.catalogue import BUILTINS
from dl.errors import SpecError
from dl.specs import DataSpec, NetworkSpec, RunSpec, parse_spec
from dl.specs.layers import LAYERS
from dl.specs.presets import default_spec

CHANGED = {
    "units": 3,
    "filters": 5,
    "kernel_size": 2,
    "rate": 0.125,
    "scale": 1 / 255,
    "momentum": 0.1,
}


def changed(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: CHANGED.get(name, default) for name, default in fields.items()}


def there_and_back(spec: RunSpec) -> RunSpec:
    return parse_spec(spec.model_dump_json())


def nonsense(path: str, value: Any) -> dict[str, Any]:
    """The default specification with one place changed; `...` takes the place out."""
    whole = default_spec(BUILTINS["digits"]).model_dump(mode="json")
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    place = whole
    for part in parents:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return whole


def problems_of(value: Any) -> list[tuple[str, dict[str, Any]]]:
    with pytest.raises(SpecError) as error:
        parse_spec(value)
    assert "\n" not in str(error.value), "a fault is one line"
    return [(problem.code, problem.facts) for problem in error.value.problems]


@pytest.mark.parametrize("name", LAYERS)
def test_layer_comes_back_equal_from_json(name: str) -> None:
    layer = LAYERS[name]
    plain, edited = layer.model_validate({}), layer.model_validate(changed(layer().arguments()))
    spec = RunSpec(data=DataSpec(dataset="digits"), model=NetworkSpec.model_validate({"layers": (plain, edited)}))
    assert there_and_back(spec) == spec
    assert [type(again) for again in there_and_back(spec).model.layers] == [layer, layer]


def test_mapping_and_bytes_are_read_like_text() -> None:
    spec = default_spec(BUILTINS["digits"])
    assert parse_spec(spec.model_dump()) == parse_spec(spec.model_dump_json().encode()) == spec


@pytest.mark.parametrize(
    ("path", "value", "code", "place"),
    [
        ("training.optimizer.learning_rate", 0, "not_above", "training.optimizer.Adam.learning_rate"),
        ("training.optimizer.learning_rate", float("nan"), "not_a_number", "training.optimizer.Adam.learning_rate"),
        ("training.optimizer.learning_rate", float("inf"), "not_a_number", "training.optimizer.Adam.learning_rate"),
        ("training.optimizer.learning_rate", 1e6, "too_large", "training.optimizer.Adam.learning_rate"),
        ("training.optimizer.learning_rate", "fast", "not_a_number", "training.optimizer.Adam.learning_rate"),
        ("training.optimizer.beta_1", 1, "not_below", "training.optimizer.Adam.beta_1"),
        ("training.optimizer.type", "Adamant", "not_a_choice", "training.optimizer"),
        ("training.optimizer.type", ..., "field_missing", "training.optimizer"),
        ("training.epochs", 0, "too_small", "training.epochs"),
        ("training.epochs", 1.5, "not_a_number", "training.epochs"),
        ("training.epochs", None, "not_a_number", "training.epochs"),
        ("training.epochs", 10**40, "too_large", "training.epochs"),
        ("training.epochs", [5], "not_a_number", "training.epochs"),
        ("training.batch_size", -32, "too_small", "training.batch_size"),
        ("training.seed", -1, "too_small", "training.seed"),
        ("training.loss", "hinge", "not_a_choice", "training.loss"),
        ("training.loss", 7, "not_a_choice", "training.loss"),
        ("training.momentum", 0.9, "field_unknown", "training.momentum"),
        ("training.early_stopping", {"monitor": "loss"}, "not_a_choice", "training.early_stopping.monitor"),
        ("training.learning_rate_schedule", {"type": "Cosine"}, "not_a_choice", "training.learning_rate_schedule"),
        ("training.learning_rate_schedule", {}, "field_missing", "training.learning_rate_schedule"),
        (
            "training.learning_rate_schedule",
            {"type": "ExponentialDecay", "decay_rate": 0},
            "not_above",
            "training.learning_rate_schedule.ExponentialDecay.decay_rate",
        ),
        ("training.reduce_on_plateau", {"factor": 1}, "not_below", "training.reduce_on_plateau.factor"),
        ("training.gradient_clipping", {"value": 0}, "not_above", "training.gradient_clipping.value"),
        ("training.gradient_clipping", {"by": "norm"}, "not_a_choice", "training.gradient_clipping.by"),
        ("training.class_weight", "fair", "not_a_choice", "training.class_weight"),
        ("training.precision", "float16", "not_a_choice", "training.precision"),
        ("training", [], "not_allowed", "training"),
        ("data", ..., "field_missing", "data"),
        ("data.dataset", ..., "field_missing", "data.dataset"),
        ("data.dataset", "../../etc", "not_allowed", "data.dataset"),
        ("data.dataset", 5, "not_allowed", "data.dataset"),
        ("data.validation_share", 1, "too_large", "data.validation_share"),
        ("model.layers", [], "no_layers", "model.layers"),
        ("model.layers", "Dense", "not_allowed", "model.layers"),
        ("model.layers", [{"type": "Flatten"}] * 201, "not_allowed", "model.layers"),
        ("model.layers.2", {"units": 5}, "field_missing", "model.layers.2"),
        ("model.layers.2", "Dense", "not_allowed", "model.layers.2"),
        ("model.layers.2.type", "Danse", "not_a_choice", "model.layers.2"),
        ("model.layers.2.units", 0, "too_small", "model.layers.2.Dense.units"),
        ("model.layers.2.units", {}, "not_a_number", "model.layers.2.Dense.units"),
        ("model.layers.2.activation", "rolu", "not_a_choice", "model.layers.2.Dense.activation"),
        ("model.layers.2.kernel_l2", 2, "too_large", "model.layers.2.Dense.kernel_l2"),
        ("model.layers.2.kernel", 3, "field_unknown", "model.layers.2.Dense.kernel"),
        ("version", 3, "not_a_choice", "version"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_nonsense_is_answered_with_its_place_when_one_place_is_wrong(
    path: str, value: Any, code: str, place: str
) -> None:
    spec = nonsense(path, value)
    for given in (spec, json.dumps(spec)):
        ((found, facts),) = problems_of(given)
        assert (found, facts["where"]) == (code, place)


def test_facts_carry_the_bound_and_the_choices() -> None:
    ((_, facts),) = problems_of(nonsense("training.batch_size", 0))
    assert facts == {"where": "training.batch_size", "given": "0", "limit": 1}
    ((_, facts),) = problems_of(nonsense("data.target_encoding", "both"))
    assert facts["allowed"] == "integer, one_hot or number"
    ((_, facts),) = problems_of(nonsense("training.optimizer.type", "Adamant"))
    assert facts["given"] == "Adamant" and "RMSprop" in facts["allowed"]


def test_every_problem_is_named_when_several_places_are_wrong() -> None:
    spec = nonsense("training.epochs", 0)
    spec["model"]["layers"][2]["units"] = -1
    spec["data"]["dataset"] = ""
    assert [facts["where"] for _, facts in problems_of(spec)] == [
        "data.dataset",
        "model.layers.2.Dense.units",
        "training.epochs",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "null",
        "[]",
        "5",
        '"mnist"',
        "not json\nat all",
        "{}",
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n" * 50,
        '{"data": ' * 5000,
        "[" * 100_000,
        '{"data": {"dataset": "\\ud800"}}',
        '{"version": ' + "9" * 10_000 + "}",
        "x" * 10_000_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_is_no_specification_is_refused(text: str | bytes) -> None:
    assert problems_of(text)


@pytest.mark.parametrize("value", [None, 5, [], {}, {"data": float("nan")}, {1: 2}])
def test_what_is_no_mapping_of_a_specification_is_refused(value: Any) -> None:
    assert problems_of(value)


def test_what_is_shown_is_cut_when_it_is_long() -> None:
    for path, value in (("training.loss", "very long " * 1000), ("model.layers.0.type", "x" * 1000), ("x" * 1000, 0)):
        ((_, facts),) = problems_of(nonsense(path, value))
        assert len(facts["given"]) <= 60 and len(facts["where"]) <= 60


def test_given_value_stays_on_one_line_when_it_has_several() -> None:
    ((_, facts),) = problems_of(nonsense("training.loss", "mean\nsquared\r\nerror"))
    assert facts["given"] == "mean squared error"


def test_not_a_number_in_json_text_is_refused() -> None:
    text = json.dumps(nonsense("training.optimizer.learning_rate", float("nan")))
    assert "NaN" in text
    assert problems_of(text)[0][0] == "not_a_number"
    assert problems_of(text.replace("NaN", "1e999"))[0][0] == "not_a_number"
