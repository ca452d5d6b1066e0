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
from ui.shared.fields import FIELD_WIDTH, field_controls, field_help, word_choice
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
            draft.training["loss"] = word_choice("loss", list(task.losses), draft.training["loss"], f"{key}_loss")
            encodings, data = list(dict.fromkeys(fit.encoding for fit in task.losses.values())), draft.value["data"]
            chosen = data["target_encoding"]
            data["target_encoding"] = word_choice("target_encoding", encodings, chosen, f"{key}_labels")
        _metrics(draft.training, task, key)
        with st.expander(t("configure.more_training")):
            training_details(draft, key)


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
