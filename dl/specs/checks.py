"""What pydantic cannot see: whether layers, loss, labels and data fit each other. What has problems never trains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from dl.datasets import Dataset
from dl.errors import Problem
from dl.specs.layers import LAYERS, Activation_, Dense, Flatten, Layer
from dl.specs.network import InputSpec, NetworkSpec
from dl.specs.placing import changes_shape, output_layer, output_place
from dl.specs.run import RunSpec
from dl.specs.schedules import CosineDecay
from dl.specs.summary import Summary, summarize
from dl.tasks import task_of
from dl.tasks.metrics import LOSS, metric
from dl.tasks.task import TargetEncoding

PARAMETER_LIMIT = 50_000_000  # 4 bytes each, and Adam keeps three further copies: 0.8 GB
STEP_LIMIT = 4_000_000_000  # bytes that all activations of one step may take


@dataclass(frozen=True)
class Finding(Problem):
    """With the repaired specification as its `cure`, if there is just one."""

    cure: RunSpec | None = field(default=None, compare=False, repr=False)


def check(spec: RunSpec, dataset: Dataset) -> tuple[Finding, ...]:
    """Every reason why this run cannot work; empty if it can."""
    if spec.model.inputs != (fitting := (InputSpec(kind=dataset.kind),)):
        return (Finding("wrong_inputs", cure=_with_model(spec, inputs=fitting)),)
    summary = summarize(spec.model, dataset.shape)
    if summary.misfit:
        return (_misfit(spec, dataset, summary),)
    if spec.training.loss not in task_of(dataset).losses:
        return (_wrong_loss(spec, dataset),)
    return (
        *_output_problems(spec, dataset, summary),
        *_label_problems(spec, dataset),
        *_metric_problems(spec, dataset),
        *_validation_problems(spec, dataset),
        *_learning_rate_problems(spec),
        *_training_problems(spec, dataset, summary),
    )


def cautions(spec: RunSpec, dataset: Dataset) -> tuple[Finding, ...]:
    """What will work, but worse than it could."""
    return (*_scaling_cautions(spec, dataset), *_learning_rate_cautions(spec))


def _scaling_cautions(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    scales = {"Rescaling", "BatchNormalization", "LayerNormalization"}
    first_learning = next((i for i, layer in enumerate(spec.model.layers) if layer.group == "learn"), 0)
    if not dataset.picture or any(layer.type in scales for layer in spec.model.layers[:first_learning]):
        return
    scaling = LAYERS["Rescaling"].model_validate({"scale": 1 / dataset.value_range[1]})
    facts = {"maximum": dataset.value_range[1]}
    yield Finding("pixels_not_scaled", facts, _with_layers(spec, [scaling, *spec.model.layers]))


def _learning_rate_cautions(spec: RunSpec) -> Iterator[Finding]:
    optimizer = spec.training.optimizer
    if optimizer.learning_rate <= (limit := optimizer.largest_usual_rate):
        return
    usual = min(limit, type(optimizer).model_fields["learning_rate"].default)
    facts = {"optimizer": optimizer.type, "rate": optimizer.learning_rate, "limit": limit, "usual": usual}
    slower = optimizer.model_copy(update={"learning_rate": usual})
    yield Finding("learning_rate_high", facts, _with_training(spec, optimizer=slower))


def _misfit(spec: RunSpec, dataset: Dataset, summary: Summary) -> Finding:
    assert summary.misfit
    position, layers = len(summary.rows), spec.model.layers
    facts: dict[str, Any] = {"layer": position + 1, "type": layers[position].type, **summary.misfit.facts}
    flattened = next((i for i in range(position) if layers[i].type == "Flatten"), None)
    if summary.misfit.code != "needs_picture" or flattened is None:
        return Finding(summary.misfit.code, facts)
    cure = _with_layers(spec, _flatten_later(layers))
    fits = summarize(cure.model, dataset.shape).misfit is None
    return Finding("picture_layer_after_flatten", facts | {"flatten": flattened + 1}, cure if fits else None)


def _flatten_later(layers: Sequence[Layer]) -> list[Layer]:
    """The same layers with one Flatten, behind the last one that needs a picture, and dense ones behind that."""
    rest = [layer for layer in layers if not isinstance(layer, Flatten)]
    last = max(i for i, layer in enumerate(rest) if _needs_picture(layer))
    dense = [layer for layer in rest[:last] if isinstance(layer, Dense)]
    pictures = [layer for layer in rest[: last + 1] if not isinstance(layer, Dense)]
    return [*pictures, Flatten(), *dense, *rest[last + 1 :]]


def _needs_picture(layer: Layer) -> bool:
    return changes_shape(layer) and not isinstance(layer, Dense | Flatten)


def _output_problems(spec: RunSpec, dataset: Dataset, summary: Summary) -> Iterator[Finding]:
    layers, shape, task = spec.model.layers, summary.rows[-1].output_shape, task_of(dataset)
    if len(shape) != 1:
        yield Finding("output_not_flat", {"shape": shape}, _with_layers(spec, _insert_flatten(layers)))
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
            cure = _with_layers(spec, [*layers[:-1], layers[-1].model_copy(update={"activation": allowed[0]})])
        facts = {"activation": activation, "allowed": allowed, "loss": spec.training.loss, "reason": task.name}
        yield Finding("wrong_output_activation", facts, cure)


def _wrong_outputs(spec: RunSpec, dataset: Dataset, outputs: int) -> Finding:
    """What is meant to be the output gets as many units as are asked for; else the output is still to come."""
    layers, output = list(spec.model.layers), output_layer(spec, dataset)
    facts: dict[str, Any] = {"outputs": outputs, "classes": output.units, "reason": task_of(dataset).name}
    if (place := output_place(spec, dataset)) is None:
        cure = _with_layers(spec, [*layers, output])
        return Finding("no_output_layer", facts | {"activation": output.activation}, cure)
    layers[place] = layers[place].model_copy(update={"units": output.units})
    return Finding("wrong_number_of_outputs", facts, _with_layers(spec, layers))


def _wrong_loss(spec: RunSpec, dataset: Dataset) -> Finding:
    """One that cannot be computed from such targets."""
    task = task_of(dataset)
    cure = _with_encoding(_with_training(spec, loss=task.usual_loss), task.fit(task.usual_loss).encoding)
    return Finding("wrong_loss", {"loss": spec.training.loss, "allowed": tuple(task.losses)}, cure)


def _label_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    wanted = task_of(dataset).fit(spec.training.loss).encoding
    if spec.training.class_weight == "balanced" and not dataset.classes:
        yield Finding("class_weight_needs_classes", {}, _with_training(spec, class_weight="none"))
    if spec.data.target_encoding != wanted:
        facts = {"loss": spec.training.loss, "given": spec.data.target_encoding, "allowed": wanted}
        yield Finding("wrong_target_encoding", facts, _with_encoding(spec, wanted))


def _metric_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    task, metrics = task_of(dataset), spec.training.metrics
    fitting = tuple(name for name in metrics if metric(name) in task.metrics)
    telling = tuple(name for name in fitting if metric(name).trivial_outputs < task.outputs)
    cure = _with_training(spec, metrics=telling or (task.metrics[0].name,))
    for name in metrics:
        if name not in fitting:
            yield Finding("wrong_metric", {"metric": name}, cure)
        elif name not in telling:
            facts = {"metric": name, "classes": task.outputs, "limit": metric(name).trivial_outputs}
            yield Finding("metric_says_nothing", facts, cure)
    for rule in (spec.training.early_stopping, spec.training.reduce_on_plateau):
        if rule and (name := metric(rule.monitor).name) not in (LOSS.name, *metrics):
            yield Finding("monitor_not_measured", {"metric": name}, _with_training(spec, metrics=(*metrics, name)))


def _validation_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    if _held_out(spec, dataset):
        return
    if spec.training.early_stopping:
        yield Finding("early_stopping_needs_validation", {}, _with_training(spec, early_stopping=None))
    if spec.training.reduce_on_plateau:
        yield Finding("reduce_on_plateau_needs_validation", {}, _with_training(spec, reduce_on_plateau=None))


def _held_out(spec: RunSpec, dataset: Dataset) -> int:
    return round(dataset.rows.train * spec.data.validation_share)


def _learning_rate_problems(spec: RunSpec) -> Iterator[Finding]:
    schedule, plateau = spec.training.learning_rate_schedule, spec.training.reduce_on_plateau
    if schedule and plateau:
        yield Finding("reduce_on_plateau_with_schedule", {}, _with_training(spec, learning_rate_schedule=None))
    if isinstance(schedule, CosineDecay) and schedule.warmup_epochs >= (epochs := spec.training.epochs):
        shorter = schedule.model_copy(update={"warmup_epochs": epochs - 1})
        facts: dict[str, Any] = {"given": schedule.warmup_epochs, "epochs": epochs}
        yield Finding("warmup_too_long", facts, _with_training(spec, learning_rate_schedule=shorter))
    if plateau and plateau.min_learning_rate >= (rate := spec.training.optimizer.learning_rate):
        lower = plateau.model_copy(update={"min_learning_rate": 0.0})
        facts = {"given": plateau.min_learning_rate, "rate": rate}
        yield Finding("min_learning_rate_too_large", facts, _with_training(spec, reduce_on_plateau=lower))


def _training_problems(spec: RunSpec, dataset: Dataset, summary: Summary) -> Iterator[Finding]:
    if summary.parameters > PARAMETER_LIMIT:
        yield Finding("too_many_parameters", {"parameters": summary.parameters, "limit": PARAMETER_LIMIT})
    rows = dataset.rows.train - _held_out(spec, dataset)
    if not spec.training.optimizer.full_batch:
        rows = min(rows, spec.training.batch_size)
    if (needed := step_bytes(summary, rows)) > STEP_LIMIT:
        yield Finding("step_too_large", {"rows": rows, "needed": needed, "memory": STEP_LIMIT})


def step_bytes(summary: Summary, rows: int) -> int:
    """Activations of all layers for `rows` examples in float32, kept for the backward pass with their gradients."""
    return 8 * rows * sum(prod(row.output_shape) for row in summary.rows)


def _insert_flatten(layers: Sequence[Layer]) -> list[Layer]:
    """Before the dense layers at the end."""
    place = len(layers)
    while place and isinstance(layers[place - 1], Dense):
        place -= 1
    return [*layers[:place], Flatten(), *layers[place:]]


def _with_layers(spec: RunSpec, layers: Sequence[Layer]) -> RunSpec:
    return _with_model(spec, layers=tuple(layers))


def _with_model(spec: RunSpec, **update: Any) -> RunSpec:
    return spec.model_copy(update={"model": NetworkSpec.model_validate(spec.model.model_dump() | update)})


def _with_training(spec: RunSpec, **update: Any) -> RunSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=update)})


def _with_encoding(spec: RunSpec, encoding: TargetEncoding) -> RunSpec:
    return spec.model_copy(update={"data": spec.data.model_copy(update={"target_encoding": encoding})})
