"""Whether labels, metrics, held-out rows and rates fit the task, and whether one step fits into memory."""

from collections.abc import Iterator
from math import prod
from typing import Any

from dl.datasets import Dataset
from dl.specs.cures import Finding, with_encoding, with_training
from dl.specs.run import RunSpec
from dl.specs.schedules import CosineDecay
from dl.specs.summary import Summary
from dl.tasks import task_of
from dl.tasks.metrics import LOSS, metric

PARAMETER_LIMIT = 50_000_000  # 4 bytes each, and Adam keeps three further copies: 0.8 GB
STEP_LIMIT = 4_000_000_000  # bytes that all activations of one step may take


def label_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    wanted = task_of(dataset).fit(spec.training.loss).encoding
    if spec.training.class_weight == "balanced" and not dataset.classes:
        yield Finding("class_weight_needs_classes", {}, with_training(spec, class_weight="none"))
    if spec.data.target_encoding != wanted:
        facts = {"loss": spec.training.loss, "given": spec.data.target_encoding, "allowed": wanted}
        yield Finding("wrong_target_encoding", facts, with_encoding(spec, wanted))


def metric_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    task, metrics = task_of(dataset), spec.training.metrics
    fitting = tuple(name for name in metrics if metric(name) in task.metrics)
    telling = tuple(name for name in fitting if metric(name).trivial_outputs < task.outputs)
    cure = with_training(spec, metrics=telling or (task.metrics[0].name,))
    for name in metrics:
        if name not in fitting:
            yield Finding("wrong_metric", {"metric": name}, cure)
        elif name not in telling:
            facts = {"metric": name, "classes": task.outputs, "limit": metric(name).trivial_outputs}
            yield Finding("metric_says_nothing", facts, cure)
    for rule in ("early_stopping", "reduce_on_plateau"):
        if watched := getattr(spec.training, rule):
            yield from _monitor_problems(spec, dataset, rule, metric(watched.monitor).name)


def _monitor_problems(spec: RunSpec, dataset: Dataset, rule: str, name: str) -> Iterator[Finding]:
    """What is watched is measured too, or, where it says nothing of such targets, the loss is watched instead."""
    if name in (LOSS.name, *(metrics := spec.training.metrics)):
        return
    cure = with_training(spec, metrics=(*metrics, name))
    if metric(name) not in task_of(dataset).metrics:
        watching = getattr(spec.training, rule).model_copy(update={"monitor": "val_loss"})
        cure = with_training(spec, **{rule: watching})
    yield Finding("monitor_not_measured", {"metric": name}, cure)


def validation_problems(spec: RunSpec, dataset: Dataset) -> Iterator[Finding]:
    if _held_out(spec, dataset):
        return
    if spec.training.early_stopping:
        yield Finding("early_stopping_needs_validation", {}, with_training(spec, early_stopping=None))
    if spec.training.reduce_on_plateau:
        yield Finding("reduce_on_plateau_needs_validation", {}, with_training(spec, reduce_on_plateau=None))


def _held_out(spec: RunSpec, dataset: Dataset) -> int:
    return round(dataset.rows.train * spec.data.validation_share)


def learning_rate_problems(spec: RunSpec) -> Iterator[Finding]:
    schedule, plateau = spec.training.learning_rate_schedule, spec.training.reduce_on_plateau
    if schedule and plateau:
        yield Finding("reduce_on_plateau_with_schedule", {}, with_training(spec, learning_rate_schedule=None))
    if isinstance(schedule, CosineDecay) and schedule.warmup_epochs >= (epochs := spec.training.epochs):
        shorter = schedule.model_copy(update={"warmup_epochs": epochs - 1})
        facts: dict[str, Any] = {"given": schedule.warmup_epochs, "epochs": epochs}
        yield Finding("warmup_too_long", facts, with_training(spec, learning_rate_schedule=shorter))
    if plateau and plateau.min_learning_rate >= (rate := spec.training.optimizer.learning_rate):
        lower = plateau.model_copy(update={"min_learning_rate": 0.0})
        facts = {"given": plateau.min_learning_rate, "rate": rate}
        yield Finding("min_learning_rate_too_large", facts, with_training(spec, reduce_on_plateau=lower))


def training_problems(spec: RunSpec, dataset: Dataset, summary: Summary) -> Iterator[Finding]:
    if summary.parameters > PARAMETER_LIMIT:
        yield Finding("too_many_parameters", {"parameters": summary.parameters, "limit": PARAMETER_LIMIT})
    rows = dataset.rows.train - _held_out(spec, dataset)
    if not spec.training.optimizer.full_batch:
        rows = min(rows, spec.training.batch_size)
    if (needed := step_bytes(summary, rows)) > STEP_LIMIT:
        yield Finding("step_too_large", {"rows": rows, "needed": needed, "memory": STEP_LIMIT})


def step_bytes(summary: Summary, rows: int) -> int:
    """Activations of all layers for `rows` examples in float32, kept for the backward pass with their gradients."""
    times = next((row.output_shape[0] for row in summary.inputs if row.type == "Members"), 1)
    numbers = sum(prod(row.output_shape) for row in summary.inputs)
    return 8 * rows * (numbers + times * sum(prod(row.output_shape) for row in summary.rows))
