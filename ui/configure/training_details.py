"""What of the training is rarely changed: validation, the learning rate's way, and what steadies or speeds it up."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from pydantic import BaseModel

from dl.fields import fields_of
from dl.specs import EarlyStopping, GradientClipping, ReduceOnPlateau
from dl.specs.schedules import SCHEDULES
from ui.draft import Draft
from ui.format import percent_pattern
from ui.shared.fields import field_controls, field_help, word_choice
from ui.text import t


def training_details(draft: Draft, key: str) -> None:
    training = draft.training
    _heading("validation")
    _validation_share(draft.value["data"], key)
    _optional("early_stopping", EarlyStopping, training, key)
    _heading("learning_rate")
    _schedule(training, key)
    _optional("reduce_on_plateau", ReduceOnPlateau, training, key)
    _heading("steps")
    _optional("gradient_clipping", GradientClipping, training, key)
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


def _optional(name: str, kind: type[BaseModel], training: dict[str, Any], key: str) -> None:
    """A part of the specification that a toggle takes in with its defaults, and its fields while it is in."""
    if not st.toggle(t(f"field.{name}"), training[name] is not None, key=f"{key}_{name}", help=field_help(name)):
        training[name] = None
        return
    training[name] = training[name] or kind().model_dump()
    with st.container(horizontal=True, gap="small"):
        field_controls(fields_of(kind), training[name], f"{key}_{name}", f"training.{name}")


def _switch(name: str, values: Sequence[str], training: dict[str, Any], key: str) -> None:
    """A choice of two: off is the first, on the second."""
    off, on = values
    wanted = st.toggle(t(f"field.{name}"), training[name] == on, key=f"{key}_{name}", help=field_help(name))
    training[name] = on if wanted else off
