"""One widget for one field of a specification; bounds are checked by the specification, which can say what is wrong."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dl.fields import Field
from ui.text import first_text, has_text, t

FIELD_WIDTH = 132


def field_controls(fields: Sequence[Field], values: dict[str, Any], key: str, owner: str = "") -> None:
    """Draw the fields side by side and write what the user set into `values`.

    The `owner` tells apart what has one name and two meanings, such as the factor of a rotation and of a learning rate.
    """
    for field in fields:
        values[field.name] = field_control(field, values.get(field.name, field.default), f"{key}_{field.name}", owner)


def field_control(field: Field, value: Any, key: str, owner: str = "") -> Any:
    label = first_text(f"field.{owner}_{field.name}", f"field.{field.name}") or field.name
    help = first_text(f"field.{owner}_{field.name}_help", f"field.{field.name}_help")
    if field.name == "scale":  # nobody thinks of 0.0039; "divide by 255" is what the textbook says
        divisor = st.number_input(
            label, value=1 / value if value else 0.0, key=key, help=help, width=FIELD_WIDTH, format="%g"
        )
        return 1 / divisor if divisor else 0.0
    if field.kind == "choice":
        index = field.choices.index(value) if value in field.choices else 0
        return st.selectbox(label, field.choices, index, key=key, help=help, width=FIELD_WIDTH, format_func=choice_name)
    if field.kind == "switch":
        return st.toggle(label, value, key=key, help=help)
    if field.kind == "integer":
        return st.number_input(label, value=int(value), step=1, key=key, help=help, width=FIELD_WIDTH)
    return st.number_input(
        label, value=float(value), step=_step(value), key=key, help=help, width=FIELD_WIDTH, format="%g"
    )


def field_help(name: str) -> str | None:
    return first_text(f"field.{name}_help")


def choice_name(value: str) -> str:
    return t(f"field.choice_{value}") if has_text(f"field.choice_{value}") else value


def _step(value: float) -> float:
    """A tenth of the power of ten that the value lies in: 0.001 steps by 0.0001, 0.9 by 0.01."""
    return 10.0 ** (len(f"{value:.0e}") and int(f"{value:.0e}".split("e")[1]) - 1) if value else 0.01
