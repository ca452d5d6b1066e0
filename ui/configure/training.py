"""How the network is trained: optimiser, epochs and seed, loss and labels."""

from typing import Any

import streamlit as st

from dl.datasets import Dataset
from dl.fields import fields_of
from dl.specs import TrainSpec
from dl.specs.optimizers import OPTIMIZERS
from dl.tasks.choice import task_of
from dl.tasks.task import Task
from ui.configure.training_details import training_details
from ui.draft import Draft
from ui.format import metric_name
from ui.shared.fields import FIELD_WIDTH, field_controls, field_help
from ui.text import t

OPTIMIZER_WIDTH = 250  # pixels; with three settings it still fits in one row
_FIELDS = {field.name: field for field in fields_of(TrainSpec)}


def training_controls(draft: Draft, dataset: Dataset) -> None:
    key, task = f"configure_{draft.revision}", task_of(dataset)
    with st.container(border=True):
        with st.container(horizontal=True, gap="small"):
            _optimizer(draft.training, key)
        with st.container(horizontal=True, gap="small"):
            _rhythm(draft.training, key)
        with st.container(horizontal=True, gap="small"):
            _loss(draft, task, key)
            _labels(draft, task, key)
        _metrics(draft.training, task, key)
        with st.expander(t("configure.more_training")):
            training_details(draft, key)


def _loss(draft: Draft, task: Task, key: str) -> None:
    losses = list(task.losses)
    draft.training["loss"] = st.selectbox(
        t("field.loss"),
        losses,
        losses.index(draft.training["loss"]),
        format_func=lambda name: t(f"configure.loss_{name}"),
        key=f"{key}_loss",
        help=field_help("loss"),
        width=2 * FIELD_WIDTH + 16,
    )


def _labels(draft: Draft, task: Task, key: str) -> None:
    encodings = list(dict.fromkeys(fit.encoding for fit in task.losses.values()))
    draft.value["data"]["target_encoding"] = st.selectbox(
        t("field.target_encoding"),
        encodings,
        encodings.index(draft.value["data"]["target_encoding"]),
        format_func=lambda name: t(f"configure.target_encoding_{name}"),
        key=f"{key}_labels",
        help=field_help("target_encoding"),
        width=2 * FIELD_WIDTH + 16,
    )


def _metrics(training: dict[str, Any], task: Task, key: str) -> None:
    """Beside the first, of which every page has something to tell."""
    first, *further = (metric.name for metric in task.metrics)
    chosen = st.pills(
        t("field.metrics"),
        further,
        selection_mode="multi",
        default=[name for name in training["metrics"] if name in further],
        format_func=metric_name,
        key=f"{key}_metrics",
        help=field_help("metrics"),
    )
    training["metrics"] = [first, *chosen]


def _optimizer(training: dict[str, Any], key: str) -> None:
    names, current = list(OPTIMIZERS), training["optimizer"]["type"]
    name = st.selectbox(
        t("field.optimizer"),
        names,
        names.index(current),
        format_func=lambda name: t(f"configure.optimizer_{name}"),
        key=f"{key}_optimizer",
        help=field_help("optimizer"),
        width=OPTIMIZER_WIDTH,
    )
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
