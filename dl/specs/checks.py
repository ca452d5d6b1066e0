"""What pydantic cannot see: whether layers, loss, labels and data fit each other. What has problems never trains."""

from collections.abc import Iterator
from typing import Any

from dl.datasets import Category, Dataset, Number
from dl.datasets.columns import AnyColumn
from dl.preparation import ColumnsInput, Preparation
from dl.specs.cures import (
    Finding,
    flatten_later,
    insert_flatten,
    with_columns,
    with_encoding,
    with_layers,
    with_model,
    with_training,
)
from dl.specs.layers import LAYERS, Activation_, Dense, Flatten
from dl.specs.network import PictureInput
from dl.specs.placing import output_layer, output_place
from dl.specs.run import RunSpec
from dl.specs.summary import Summary, summarize
from dl.specs.training_checks import (
    label_problems,
    learning_rate_problems,
    metric_problems,
    training_problems,
    validation_problems,
)
from dl.tasks import task_of

ENTERING = ("number", "category", "date")


def check(spec: RunSpec, dataset: Dataset, preparation: Preparation | None = None) -> tuple[Finding, ...]:
    """Every reason why this run cannot work; empty if it can. Counts of a table are exact once it is prepared."""
    if problems := tuple(_input_problems(spec, dataset)):
        return problems
    summary = summarize(spec.model, dataset.shape, preparation)
    if summary.misfit:
        return (_misfit(spec, dataset, summary),)
    if misfits := tuple(_target_problems(spec, dataset)):
        return misfits
    return (
        *_output_problems(spec, dataset, summary),
        *label_problems(spec, dataset),
        *metric_problems(spec, dataset),
        *validation_problems(spec, dataset),
        *learning_rate_problems(spec),
        *training_problems(spec, dataset, summary),
    )


def usable_columns(dataset: Dataset) -> list[AnyColumn]:
    """Those of a table that a network can take in."""
    return [column for column in dataset.features if column.kind in ENTERING]


def cautions(spec: RunSpec, dataset: Dataset) -> tuple[Finding, ...]:
    """What will work, but worse than it could."""
    return (*_scaling_cautions(spec, dataset), *_learning_rate_cautions(spec))


def _input_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    columns = spec.model.columns
    if (columns is None) != (dataset.picture is not None):
        fitting = PictureInput() if dataset.picture else ColumnsInput()
        yield Finding("wrong_inputs", cure=with_model(spec, inputs=(fitting,)))
    elif columns:
        yield from _column_problems(spec, columns, dataset)


def _column_problems(spec: RunSpec, wanted: ColumnsInput, dataset: Dataset) -> Iterator[Finding]:
    """Which columns enter, and whether the target is one that can be predicted."""
    usable = [column.name for column in usable_columns(dataset)]
    chosen = usable if wanted.columns is None else [name for name in usable if name in wanted.columns]
    if strange := [name for name in wanted.columns or () if name not in usable]:
        cure = with_columns(spec, columns=tuple(chosen) or None)
        yield Finding("unknown_columns", {"columns": ", ".join(strange)}, cure if usable else None)
    elif not chosen:
        yield Finding("no_columns", {}, with_columns(spec, columns=None) if usable else None)
    if not isinstance(dataset.target, Number | Category):
        yield Finding("target_not_predictable", {"target": dataset.target.name, "kind": dataset.target.kind})
    elif isinstance(dataset.target, Category) and len(dataset.classes) < 2:
        yield Finding("too_few_classes", {"target": dataset.target.name, "classes": len(dataset.classes)})
    rest = [layer for layer in spec.model.layers if not isinstance(layer, Flatten)]
    if wanted.members > 1 and 0 < len(rest) < len(spec.model.layers):
        yield Finding("members_flattened", {"members": wanted.members}, with_layers(spec, rest))


def _scaling_cautions(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    scales = {"Rescaling", "BatchNormalization", "LayerNormalization"}
    first_learning = next((i for i, layer in enumerate(spec.model.layers) if layer.group == "learn"), 0)
    if not dataset.picture or any(layer.type in scales for layer in spec.model.layers[:first_learning]):
        return
    scaling = LAYERS["Rescaling"].model_validate({"scale": 1 / dataset.value_range[1]})
    facts = {"maximum": dataset.value_range[1]}
    yield Finding("pixels_not_scaled", facts, with_layers(spec, [scaling, *spec.model.layers]))


def _learning_rate_cautions(spec: RunSpec) -> Iterator[Finding]:
    optimizer = spec.training.optimizer
    if optimizer.learning_rate <= (limit := optimizer.largest_usual_rate):
        return
    usual = min(limit, type(optimizer).model_fields["learning_rate"].default)
    facts = {"optimizer": optimizer.type, "rate": optimizer.learning_rate, "limit": limit, "usual": usual}
    slower = optimizer.model_copy(update={"learning_rate": usual})
    yield Finding("learning_rate_high", facts, with_training(spec, optimizer=slower))


def _misfit(spec: RunSpec, dataset: Dataset, summary: Summary) -> Finding:
    assert summary.misfit
    position, layers = len(summary.rows), spec.model.layers
    facts: dict[str, Any] = {"layer": position + 1, "type": layers[position].type, **summary.misfit.facts}
    flattened = next((i for i in range(position) if layers[i].type == "Flatten"), None)
    if summary.misfit.code != "needs_picture" or flattened is None:
        return Finding(summary.misfit.code, facts)
    cure = with_layers(spec, flatten_later(layers))
    fits = summarize(cure.model, dataset.shape).misfit is None
    return Finding("picture_layer_after_flatten", facts | {"flatten": flattened + 1}, cure if fits else None)


def _output_problems(spec: RunSpec, dataset: Dataset, summary: Summary) -> Iterator[Finding]:
    layers, shape, task = spec.model.layers, summary.rows[-1].output_shape, task_of(dataset)
    if len(shape) != 1:
        yield Finding("output_not_flat", {"shape": shape}, with_layers(spec, insert_flatten(layers)))
        return
    if not summary.trainable_parameters:
        yield Finding("nothing_to_learn")
    if shape[0] != task.outputs:
        wrong = _wrong_outputs(spec, dataset, shape[0])
        yield wrong
        if wrong.code == "no_output_layer":  # the layer to be added brings its activation
            return
    activation = getattr(layers[-1], "activation", "linear")
    if activation not in (allowed := task.fit(spec.training.loss).activations):
        cure = None
        if isinstance(layers[-1], Dense | Activation_):
            cure = with_layers(spec, [*layers[:-1], layers[-1].model_copy(update={"activation": allowed[0]})])
        facts = {"activation": activation, "allowed": allowed, "loss": spec.training.loss, "reason": task.name}
        yield Finding("wrong_output_activation", facts, cure)


def _wrong_outputs(spec: RunSpec, dataset: Dataset, outputs: int) -> Finding:
    """What is meant to be the output gets as many units as are asked for; else the output is still to come."""
    layers, output = list(spec.model.layers), output_layer(spec, dataset)
    facts: dict[str, Any] = {"outputs": outputs, "classes": output.units, "reason": task_of(dataset).name}
    if (place := output_place(spec, dataset)) is None:
        cure = with_layers(spec, [*layers, output])
        return Finding("no_output_layer", facts | {"activation": output.activation}, cure)
    layers[place] = layers[place].model_copy(update={"units": output.units})
    return Finding("wrong_number_of_outputs", facts, with_layers(spec, layers))


def _target_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    """What a network does not get over that was made for another kind of target."""
    task, target = task_of(dataset), {"target": dataset.target.name}
    cure = _for_another_task(spec, dataset)
    if spec.data.target_encoding not in {fit.encoding for fit in task.losses.values()}:
        yield Finding("target_changed", target, cure)
    elif spec.training.loss not in task.losses:
        yield Finding("wrong_loss", target | {"loss": spec.training.loss, "allowed": tuple(task.losses)}, cure)


def _for_another_task(spec: RunSpec, dataset: Dataset) -> RunSpec:
    """The same network learning what the target is now: loss, labels, what is measured and watched, and the output."""
    task, training = task_of(dataset), spec.training
    fitting: dict[str, Any] = {"loss": task.usual_loss, "metrics": task.usual_metrics}
    for rule in ("early_stopping", "reduce_on_plateau"):
        if watched := getattr(training, rule):
            fitting[rule] = watched.model_copy(update={"monitor": "val_loss"})
    if not dataset.classes:
        fitting["class_weight"] = "none"
    fitted = with_encoding(with_training(spec, **fitting), task.fit(task.usual_loss).encoding)
    *body, last = spec.model.layers
    return with_layers(
        fitted, [*(body if isinstance(last, Dense) else spec.model.layers), output_layer(fitted, dataset)]
    )
