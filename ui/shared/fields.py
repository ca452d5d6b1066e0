"""One widget for one field of a specification: its kind and bounds are read from the class it belongs to."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dl.errors import Problem
from dl.fields import Field
from ui.problems import sentence
from ui.shared.number_fields import read_number
from ui.text import first_text, has_text, t

FIELD_WIDTH = 132
NARROW, BROAD = 76, 112  # beside its label, a number and a choice


def field_controls(
    fields: Sequence[Field], values: dict[str, Any], key: str, owner: str = "", inline: bool = False
) -> None:
    """Draw the fields side by side and write what the user set into `values`.

    The `owner` is where they stand in the specification, such as `training.early_stopping`. Its last part tells apart
    what has one name and two meanings, such as the factor of a rotation and of a learning rate.
    """
    control = _inline_control if inline else field_control
    for field in fields:
        values[field.name] = control(field, values.get(field.name, field.default), f"{key}_{field.name}", owner)


def field_control(field: Field, value: Any, key: str, owner: str = "") -> Any:
    """The label above, and what is wrong below."""
    help = field_help(field.name, owner)
    if field.kind == "choice":
        return _choice(field, value, key, owner, width=FIELD_WIDTH, help=help)
    if field.kind == "switch":
        return st.toggle(field_label(field.name, owner), value, key=key, help=help)
    with st.container(width=FIELD_WIDTH, gap="xxsmall"):
        number, problem = read_number(field, value, key, f"{owner}.{field.name}")
        st.text_input(field_label(field.name, owner), key=key, help=help)
        if problem:
            st.markdown(mark(problem))
    return number


def _inline_control(field: Field, value: Any, key: str, owner: str) -> Any:
    """The label at the left, which is red where something is wrong; what that is, and help, stands with the owner."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
        label = field_label(field.name, owner)
        if field.kind == "choice":
            st.markdown(f":small[{label}]", width="content")
            return _choice(field, value, key, owner, width=BROAD, label_visibility="collapsed")
        number, problem = read_number(field, value, key, f"{owner}.{field.name}")
        st.markdown(f":small[:red[**{label}**]]" if problem else f":small[{label}]", width="content")
        st.text_input(label, key=key, width=NARROW, label_visibility="collapsed")
        return number


def _choice(field: Field, value: Any, key: str, owner: str, **how: Any) -> Any:
    index = field.choices.index(value) if value in field.choices else 0
    label = field_label(field.name, owner)
    return st.selectbox(label, field.choices, index, key=key, format_func=choice_name, **how)


def word_choice(name: str, options: Sequence[str], chosen: str, key: str, width: int = 2 * FIELD_WIDTH + 16) -> str:
    """One of several that are not called by their names in Keras, but `configure.<name>_<option>`."""
    return st.selectbox(
        t(f"field.{name}"),
        options,
        options.index(chosen),
        format_func=lambda option: t(f"configure.{name}_{option}"),
        key=key,
        help=field_help(name),
        width=width,
    )


def mark(problem: Problem) -> str:
    """What is wrong, for the place where it is wrong."""
    return f":small[:red[:material/error: {sentence(problem)}]]"


def field_label(name: str, owner: str = "") -> str:
    return first_text(f"field.{_last_part(owner)}_{name}", f"field.{name}") or name


def field_help(name: str, owner: str = "") -> str | None:
    return first_text(f"field.{_last_part(owner)}_{name}_help", f"field.{name}_help")


def _last_part(owner: str) -> str:
    return owner.rpartition(".")[2]


def choice_name(value: str) -> str:
    return t(f"field.choice_{value}") if has_text(f"field.choice_{value}") else value
