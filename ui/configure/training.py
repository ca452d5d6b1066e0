"""How the network is trained: optimiser, epochs and seed, loss and labels; and what is rarely changed: validation, the
learning rate's way, and what steadies or speeds it up.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dl.datasets import Dataset
from dl.fields import Field, Spec
from dl.specs import EarlyStopping, GradientClipping, ReduceOnPlateau, TrainSpec
from dl.specs.optimizers import OPTIMIZERS
from dl.specs.schedules import SCHEDULES
from dl.tasks import task_of
from dl.tasks.classification import Classification
from dl.tasks.metrics import LOSS, metric
from dl.tasks.task import Task
from ui.draft import Draft
from ui.format import metric_name, percent_pattern
from ui.shared.fields import FIELD_WIDTH, field_controls, field_help, word_choice
from ui.text import t

OPTIMIZER_WIDTH = 250  # pixels; with three settings it still fits in one row
_FIELDS = {field.name: field for field in TrainSpec.fields()}


def training_controls(draft: Draft, dataset: Dataset) -> None:
    key, task = f"configure_{draft.revision}", task_of(dataset)
    with st.container(border=True):
        with st.container(horizontal=True, gap="small"):
            _optimizer(draft.training, key)
        with st.container(horizontal=True, gap="small"):
            _rhythm(draft.training, key)
        with st.container(horizontal=True, gap="small"):
            _target(draft, task, key)
        _metrics(draft.training, task, key)
        with st.expander(t("configure.more_training")):
            _details(draft, task, key)


def _target(draft: Draft, task: Task, key: str) -> None:
    """Loss and labels; what suits another target only is shown as long as it is chosen, and the checks mend it."""
    training, data = draft.training, draft.value["data"]
    losses = dict.fromkeys([*task.losses, training["loss"]])
    training["loss"] = word_choice("loss", list(losses), training["loss"], f"{key}_loss")
    encodings = dict.fromkeys([*(fit.encoding for fit in task.losses.values()), data["target_encoding"]])
    if len(encodings) > 1:
        chosen = word_choice("target_encoding", list(encodings), data["target_encoding"], f"{key}_labels")
        data["target_encoding"] = chosen


def _metrics(training: dict[str, Any], task: Task, key: str) -> None:
    """Beside the first, of which every page has something to tell."""
    first, *others = task.metrics
    telling = [each for each in others if each.trivial_outputs < task.outputs or each.name in training["metrics"]]
    further = [each.name for each in telling]
    if not further:
        training["metrics"] = [first.name]
        return
    chosen = st.pills(
        t("field.metrics"),
        further,
        selection_mode="multi",
        default=[name for name in training["metrics"] if name in further],
        format_func=metric_name,
        key=f"{key}_metrics",
        help=field_help("metrics", task.name),
    )
    training["metrics"] = [first.name, *chosen]


def _optimizer(training: dict[str, Any], key: str) -> None:
    current = training["optimizer"]["type"]
    name = word_choice("optimizer", list(OPTIMIZERS), current, f"{key}_optimizer", OPTIMIZER_WIDTH)
    if name != current:  # the others' settings mean something else, so a new optimiser brings its own defaults
        training["optimizer"] = OPTIMIZERS[name].model_validate({}).model_dump()
    field_controls(OPTIMIZERS[name].fields(), training["optimizer"], f"{key}_{name}", "training.optimizer")


def _rhythm(training: dict[str, Any], key: str) -> None:
    """How often, how much at a time, and what chance begins with."""
    field_controls([_FIELDS["epochs"]], training, key)
    if OPTIMIZERS[training["optimizer"]["type"]].full_batch:
        st.text_input(t("field.batch_size"), t("configure.whole_training_set"), disabled=True, width=FIELD_WIDTH)
    else:
        field_controls([_FIELDS["batch_size"]], training, key)
    field_controls([_FIELDS["seed"]], training, key)


def _details(draft: Draft, task: Task, key: str) -> None:
    training = draft.training
    _heading("validation")
    _validation_share(draft.value["data"], key)
    _optional("early_stopping", EarlyStopping, training, key, task)
    _heading("learning_rate")
    _schedule(training, key)
    _optional("reduce_on_plateau", ReduceOnPlateau, training, key, task)
    _heading("steps")
    _optional("gradient_clipping", GradientClipping, training, key, task)
    if isinstance(task, Classification) or training["class_weight"] != "none":
        _switch("class_weight", ("none", "balanced"), training, key)
    _switch("precision", ("float32", "mixed_float16"), training, key)


def _heading(name: str) -> None:
    st.markdown(f"**{t(f'configure.details_{name}')}**")


def _validation_share(data: dict[str, Any], key: str) -> None:
    label, help = t("field.validation_share"), field_help("validation_share")
    per_cent = round(100 * data["validation_share"])
    per_cent = st.slider(label, 0, 50, per_cent, 5, percent_pattern("%d"), key=f"{key}_validation", help=help)
    data["validation_share"] = per_cent / 100


def _schedule(training: dict[str, Any], key: str) -> None:
    current = training["learning_rate_schedule"]
    field, kind = "learning_rate_schedule", current["type"] if current else "none"
    name = word_choice(field, ["none", *SCHEDULES], kind, f"{key}_{field}")
    if name == "none":
        training["learning_rate_schedule"] = None
        return
    if not current or current["type"] != name:
        training["learning_rate_schedule"] = SCHEDULES[name].model_validate({}).model_dump()
    with st.container(horizontal=True, gap="small"):
        field_controls(SCHEDULES[name].fields(), training["learning_rate_schedule"], f"{key}_{name}")


def _optional(name: str, kind: type[Spec], training: dict[str, Any], key: str, task: Task) -> None:
    """A part of the specification that a toggle takes in with its defaults, and its fields while it is in."""
    if not st.toggle(t(f"field.{name}"), training[name] is not None, key=f"{key}_{name}", help=field_help(name)):
        training[name] = None
        return
    training[name] = training[name] or kind().model_dump()
    with st.container(horizontal=True, gap="small"):
        fields = [_of_task(field, task, training[name].get(field.name)) for field in kind.fields()]
        field_controls(fields, training[name], f"{key}_{name}", f"training.{name}")


def _of_task(field: Field, task: Task, chosen: Any) -> Field:
    """Of what can be watched, that which is measured of such targets."""
    if field.name != "monitor":
        return field
    known = (LOSS, *task.metrics)
    return replace(field, choices=tuple(name for name in field.choices if metric(name) in known or name == chosen))


def _switch(name: str, values: Sequence[str], training: dict[str, Any], key: str) -> None:
    """A choice of two: off is the first, on the second."""
    off, on = values
    wanted = st.toggle(t(f"field.{name}"), training[name] == on, key=f"{key}_{name}", help=field_help(name))
    training[name] = on if wanted else off
