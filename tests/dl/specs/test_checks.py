"""What cannot work is refused before it trains, and a cure cures."""

import re
from pathlib import Path
from typing import Any

import pytest

import dl.specs.checks
import dl.specs.layers
import dl.specs.training_checks
from dl.datasets import Category, Dataset, Number, Rows
from dl.datasets.catalogue import BUILTINS
from dl.datasets.columns import Date, Text
from dl.errors import Problem, SpecError
from dl.preparation import ColumnsInput
from dl.specs import NetworkSpec, ReduceOnPlateau, RunSpec, TrainSpec, parse_spec
from dl.specs.checks import cautions, check
from dl.specs.layers import (
    Activation_,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    RandomFlip,
    Rescaling,
)
from dl.specs.presets import PRESETS, default_spec
from dl.specs.schedules import CosineDecay
from dl.specs.training_checks import PARAMETER_LIMIT

PICTURE_SETS = [known for known in BUILTINS.values() if known.picture]

DIGITS, MNIST = BUILTINS["digits"], BUILTINS["mnist"]
PROGRESSION = Number(name="progression", role="target")
COLUMNS = (Number(name="age"), Category(name="sex"), Date(name="seen"), Text(name="notes"), PROGRESSION)
DIABETES = Dataset(
    id="patients", name="Patients", columns=COLUMNS, rows=Rows(train=353, test=89), source="", licence=""
)
WORDLESS = DIABETES.model_copy(update={"id": "sick", "columns": (*COLUMNS[:3], Category(name="sick", role="target"))})
NOTES = DIABETES.model_copy(update={"id": "notes", "columns": (*COLUMNS[:3], Text(name="notes", role="target"))})
DATASETS: dict[str, Dataset] = BUILTINS | {known.id: known for known in (DIABETES, WORDLESS, NOTES)}
OUTPUT = Dense(units=10, activation="softmax")
LOSSES = {
    "sparse_categorical_crossentropy": ("integer", "softmax"),
    "categorical_crossentropy": ("one_hot", "softmax"),
    "binary_crossentropy": ("one_hot", "sigmoid"),
    "mean_squared_error": ("one_hot", "softmax"),
}


def spec_of(
    *layers: Layer, dataset: Dataset = DIGITS, encoding: str = "integer", share: float = 0.1, **training: Any
) -> RunSpec:
    data = {"dataset": dataset.id, "target_encoding": encoding, "validation_share": share}
    usual = default_spec(dataset).model
    model = {"inputs": usual.inputs, "layers": layers or usual.layers}
    measured = {"metrics": default_spec(dataset).training.metrics}
    return RunSpec.model_validate({"data": data, "model": model, "training": measured | training})


def of_columns(dataset: Dataset = DIABETES, layers: tuple[Layer, ...] = (), **wanted: Any) -> RunSpec:
    spec = default_spec(dataset)
    model = {"inputs": (ColumnsInput.model_validate(wanted),), "layers": layers or spec.model.layers}
    return parse_spec(spec.model_dump() | {"model": model})


BROKEN: dict[str, tuple[RunSpec, bool]] = {  # by its only problem: the specification, and whether there is a cure
    "wrong_inputs": (
        spec_of(dataset=DIABETES, encoding="number", loss="mean_squared_error").model_copy(
            update={"model": NetworkSpec(layers=default_spec(DIABETES).model.layers)}
        ),
        True,
    ),
    "unknown_columns": (of_columns(columns=("age", "notes")), True),
    "no_columns": (of_columns(columns=()), True),
    "target_not_predictable": (of_columns(NOTES), False),
    "too_few_classes": (of_columns(WORDLESS), False),
    "members_flattened": (of_columns(members=4, layers=(Flatten(), Dense(units=1, activation="linear"))), True),
    "picture_layer_after_flatten": (spec_of(Flatten(), Conv2D(), MaxPooling2D(), OUTPUT), True),
    "needs_picture": (spec_of(Conv2D(), GlobalAveragePooling2D(), Conv2D(), Flatten(), OUTPUT), False),
    "window_too_large": (spec_of(Conv2D(kernel_size=9, padding="valid"), Flatten(), OUTPUT), False),
    "output_not_flat": (spec_of(Conv2D(), Dense(), OUTPUT), True),
    "nothing_to_learn": (
        spec_of(GlobalAveragePooling2D(), Activation_(activation="softmax"), dataset=BUILTINS["cifar10"]),
        False,
    ),
    "wrong_number_of_outputs": (spec_of(Flatten(), Dense(units=7, activation="softmax")), True),
    "wrong_output_activation": (spec_of(Flatten(), Dense(units=10, activation="relu")), True),
    "wrong_target_encoding": (spec_of(loss="mean_squared_error"), True),
    "wrong_metric": (spec_of(metrics=("accuracy", "mean_absolute_error")), True),
    "monitor_not_measured": (
        spec_of(metrics=("top_5_accuracy",), early_stopping={"monitor": "val_accuracy"}),
        True,
    ),
    "early_stopping_needs_validation": (spec_of(share=0, early_stopping={"patience": 2}), True),
    "reduce_on_plateau_needs_validation": (spec_of(share=0, reduce_on_plateau={}), True),
    "reduce_on_plateau_with_schedule": (
        spec_of(reduce_on_plateau={}, learning_rate_schedule={"type": "ExponentialDecay"}),
        True,
    ),
    "warmup_too_long": (spec_of(epochs=3, learning_rate_schedule={"type": "CosineDecay", "warmup_epochs": 3}), True),
    "min_learning_rate_too_large": (spec_of(reduce_on_plateau={"min_learning_rate": 0.001}), True),
    "too_many_parameters": (spec_of(Flatten(), Dense(units=60_000), Dense(units=1000), OUTPUT), False),
    "target_changed": (spec_of(dataset=DIABETES), True),
    "wrong_loss": (spec_of(dataset=DIABETES, encoding="number"), True),
    "class_weight_needs_classes": (
        spec_of(dataset=DIABETES, encoding="number", loss="mean_squared_error", class_weight="balanced"),
        True,
    ),
    "no_output_layer": (spec_of(Dense(units=4), Flatten(), dataset=MNIST), True),
    "step_too_large": (
        spec_of(Conv2D(filters=64), Flatten(), OUTPUT, dataset=MNIST, optimizer={"type": "GradientDescent"}),
        False,
    ),
}


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize("code", BROKEN)
def test_broken_specification_is_refused_and_its_cure_has_no_problem(code: str) -> None:
    spec, curable = BROKEN[code]
    dataset = DATASETS[spec.data.dataset]
    problems = check(spec, dataset)
    assert code in codes(problems)
    cure = problems[0].cure
    assert (cure is not None) == curable
    if cure:
        assert codes(problems) == [code]
        assert check(cure, dataset) == ()


def test_every_problem_that_the_library_knows_is_triggered_above() -> None:
    modules = (dl.specs.checks, dl.specs.training_checks, dl.specs.layers)
    source = "".join(Path(module.__file__ or "").read_text() for module in modules)
    known = set(re.findall(r'(?:Finding|LayerMisfit)\("(\w+)"', source))
    assert known - {"pixels_not_scaled", "learning_rate_high", "metric_says_nothing"} == set(BROKEN)


def test_top_5_accuracy_is_refused_where_it_is_always_right() -> None:
    picture, target = DIGITS.columns
    five = DIGITS.model_copy(update={"columns": (picture, target.model_copy(update={"levels": DIGITS.classes[:5]}))})
    spec = spec_of(Flatten(), Dense(units=5, activation="softmax"), metrics=("accuracy", "top_5_accuracy"))
    (found,) = check(spec, five)
    assert (found.code, found.facts) == ("metric_says_nothing", {"metric": "top_5_accuracy", "classes": 5, "limit": 5})
    assert found.cure and found.cure.training.metrics == ("accuracy",) and check(found.cure, five) == ()


@pytest.mark.parametrize(
    "layers",
    [
        (Flatten(), Conv2D(), OUTPUT),
        (Flatten(), Dense(), Conv2D(), OUTPUT),
        (Flatten(), Conv2D(), Flatten(), OUTPUT),
        (Flatten(), Dense(), Flatten(), MaxPooling2D(), OUTPUT),
        (Flatten(), GlobalAveragePooling2D(), OUTPUT),
        (Rescaling(), Flatten(), Dropout(), RandomFlip(), Dense(), Conv2D(), BatchNormalization(), Dense(), OUTPUT),
    ],
    ids=lambda layers: "-".join(layer.type for layer in layers),
)
def test_flatten_moves_behind_the_pictures_when_they_come_after_it(layers: tuple[Layer, ...]) -> None:
    (problem,) = check(spec_of(*layers), DIGITS)
    assert problem.code == "picture_layer_after_flatten"
    assert problem.cure is not None and check(problem.cure, DIGITS) == ()
    kept = [layer for layer in problem.cure.model.layers if layer.type != "Flatten"]
    assert sorted(map(str, kept)) == sorted(str(layer) for layer in layers if layer.type != "Flatten")


@pytest.mark.parametrize(
    "layers",
    [
        (Flatten(), GlobalAveragePooling2D(), Conv2D(), OUTPUT),
        (Flatten(), *[Conv2D(kernel_size=5, padding="valid")] * 3, OUTPUT),
    ],
    ids=["pooled away", "too small"],
)
def test_no_cure_is_offered_when_moving_flatten_would_not_help(layers: tuple[Layer, ...]) -> None:
    (problem,) = check(spec_of(*layers), DIGITS)
    assert (problem.code, problem.cure) == ("picture_layer_after_flatten", None)


def test_facts_name_the_layer_by_its_place_when_it_does_not_fit() -> None:
    (problem,) = check(spec_of(Rescaling(), Flatten(), Dense(), Conv2D(), OUTPUT), DIGITS)
    assert problem.facts == {"layer": 4, "type": "Conv2D", "flatten": 2, "shape": (128,)}
    (problem,) = check(spec_of(MaxPooling2D(pool_size=9), Flatten(), OUTPUT), DIGITS)
    assert problem.facts == {"layer": 1, "type": "MaxPooling2D", "window": 9, "size": 8}


def test_softmax_of_seven_is_refused_for_ten_classes() -> None:
    (problem,) = check(BROKEN["wrong_number_of_outputs"][0], DIGITS)
    assert problem.facts == {"outputs": 7, "classes": 10, "reason": "classification"}
    assert problem.cure is not None and problem.cure.model.layers[-1] == OUTPUT


def test_squared_error_is_refused_on_integer_labels() -> None:
    (problem,) = check(spec_of(loss="mean_squared_error"), DIGITS)
    assert problem.facts == {"loss": "mean_squared_error", "given": "integer", "allowed": "one_hot"}
    assert problem.cure is not None and problem.cure.data.target_encoding == "one_hot"


def test_sparse_loss_is_refused_on_one_hot_labels() -> None:
    assert codes(check(spec_of(encoding="one_hot"), DIGITS)) == ["wrong_target_encoding"]


def test_learning_rate_of_zero_does_not_even_parse() -> None:
    with pytest.raises(SpecError) as error:
        spec = spec_of().model_dump()
        spec["training"]["optimizer"]["learning_rate"] = 0
        parse_spec(spec)
    assert [(problem.code, problem.facts["limit"]) for problem in error.value.problems] == [("not_above", 0)]


def test_activation_layer_counts_as_the_output_activation() -> None:
    assert (
        check(spec_of(Flatten(), Dense(units=10, activation="linear"), Activation_(activation="softmax")), DIGITS) == ()
    )
    (problem,) = check(spec_of(Flatten(), Dense(units=10), Activation_(activation="tanh")), DIGITS)
    assert problem.cure is not None and check(problem.cure, DIGITS) == ()


def test_early_stopping_is_refused_when_the_share_rounds_to_no_row() -> None:
    spec = spec_of(share=0.0003, early_stopping={"patience": 2})
    assert codes(check(spec, DIGITS)) == ["early_stopping_needs_validation"]


def test_warm_up_is_shortened_so_that_one_epoch_is_left_to_fall_in() -> None:
    (problem,) = check(BROKEN["warmup_too_long"][0], DIGITS)
    assert problem.facts == {"given": 3, "epochs": 3}
    assert problem.cure is not None
    assert problem.cure.training.learning_rate_schedule == CosineDecay(warmup_epochs=2)


def test_plan_for_the_learning_rate_goes_when_it_conflicts_with_the_plateau() -> None:
    (problem,) = check(BROKEN["reduce_on_plateau_with_schedule"][0], DIGITS)
    assert problem.cure is not None
    assert problem.cure.training == TrainSpec(reduce_on_plateau=ReduceOnPlateau())


def test_parameters_are_counted_against_the_limit() -> None:
    (problem,) = check(BROKEN["too_many_parameters"][0], DIGITS)
    assert (
        problem.facts["limit"] == PARAMETER_LIMIT < problem.facts["parameters"] == 65 * 60_000 + 60_001 * 1000 + 10_010
    )


def test_every_problem_is_named_when_several_are_independent() -> None:
    layers = (Flatten(), Dense(units=7, activation="softmax"), Activation_(activation="relu"))
    found = codes(check(spec_of(*layers, loss="mean_squared_error", share=0, early_stopping={}), DIGITS))
    expected = ["wrong_number_of_outputs", "wrong_output_activation", "wrong_target_encoding"]
    assert found == [*expected, "early_stopping_needs_validation"]


@pytest.mark.parametrize("dataset", PICTURE_SETS, ids=lambda dataset: dataset.id)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", PRESETS)
def test_preset_may_train_with_each_loss_when_labels_and_output_suit_it(name: str, loss: str, dataset: Dataset) -> None:
    encoding, activation = LOSSES[loss]
    default = default_spec(dataset, name)
    layers = (*default.model.layers[:-1], Dense(units=10, activation=activation))
    spec = spec_of(*layers, dataset=dataset, encoding=encoding, loss=loss)
    assert check(spec, dataset) == ()
    assert cautions(spec, dataset) == ()


@pytest.mark.parametrize("loss", ["mean_squared_error", "mean_absolute_error"])
def test_table_of_numbers_may_train_with_the_losses_of_regression(loss: str) -> None:
    spec = spec_of(dataset=DIABETES, encoding="number", loss=loss)
    assert check(spec, DIABETES) == () == cautions(spec, DIABETES)


def test_network_without_an_output_gets_that_of_its_task() -> None:
    hidden = spec_of(Dense(units=32), dataset=DIABETES, encoding="number", loss="mean_squared_error")
    (problem,) = check(hidden, DIABETES)
    assert problem.cure is not None and problem.cure.model.layers[-1] == Dense(units=1, activation="linear")


def test_textbook_network_may_train_on_the_full_batch_of_mnist() -> None:
    assert check(spec_of(dataset=MNIST, optimizer={"type": "GradientDescent"}), MNIST) == ()


def test_raw_pixels_are_cautioned_and_the_cure_scales_them() -> None:
    spec = spec_of(Flatten(), Dense(), OUTPUT)
    (problem,) = cautions(spec, DIGITS)
    assert (problem.code, problem.facts) == ("pixels_not_scaled", {"maximum": 16})
    assert problem.cure is not None and problem.cure.model.layers[0] == Rescaling(scale=1 / 16)
    assert cautions(problem.cure, DIGITS) == () == check(problem.cure, DIGITS)


def test_scaling_counts_only_before_the_first_layer_that_learns() -> None:
    assert cautions(spec_of(Flatten(), BatchNormalization(), Dense(), OUTPUT), DIGITS) == ()
    assert codes(cautions(spec_of(Flatten(), Dense(), Rescaling(), OUTPUT), DIGITS)) == ["pixels_not_scaled"]


@pytest.mark.parametrize(
    ("optimizer", "limit"),
    [
        ({"type": "GradientDescent"}, 1),
        ({"type": "SGD"}, 1),
        ({"type": "Momentum"}, 0.1),
        ({"type": "Momentum", "momentum": 0.995}, 0.005),
        ({"type": "RMSprop"}, 0.1),
        ({"type": "Adam"}, 0.1),
        ({"type": "AdamW"}, 0.1),
    ],
)
def test_learning_rate_is_cautioned_above_what_its_optimiser_bears(optimizer: dict[str, Any], limit: float) -> None:
    def found(rate: float) -> tuple[Problem, ...]:
        return cautions(spec_of(optimizer=optimizer | {"learning_rate": rate}), DIGITS)

    assert found(limit) == ()
    (problem,) = found(limit * 1.01)
    assert (problem.code, problem.facts["limit"]) == ("learning_rate_high", limit)
    assert problem.cure is not None and cautions(problem.cure, DIGITS) == ()


def test_hidden_layer_at_the_end_is_not_taken_for_the_output() -> None:
    """Its units would be changed, in place of adding what was deleted."""
    (problem,) = check(spec_of(Rescaling(), Flatten(), Dense(units=64)), DIGITS)
    assert problem.code == "no_output_layer"
    assert problem.cure is not None and problem.cure.model.layers[2:] == (Dense(units=64), OUTPUT)


def test_check_reads_an_imported_data_set_as_it_reads_the_catalogue(digits: Any) -> None:
    for spec, _ in BROKEN.values():
        if spec.data.dataset == "digits":
            assert check(spec, digits) == check(spec, DIGITS)


def test_model_is_rebuilt_from_plain_layers_when_cured() -> None:
    (problem,) = check(BROKEN["wrong_number_of_outputs"][0], DIGITS)
    assert problem.cure is not None and isinstance(problem.cure.model, NetworkSpec)
    assert parse_spec(problem.cure.model_dump_json()) == problem.cure
