"""What stands before the layers of a network for a table: which columns enter, and as what."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dl.datasets import Dataset
from dl.datasets.columns import AnyColumn
from dl.preparation import ColumnsInput
from dl.specs.checks import usable_columns
from ui.draft import Draft
from ui.shared.fields import field_controls, field_help, field_label
from ui.text import plain, spoken, t

NAME_WIDTH = 164
OWNER = "model.inputs.0"
NUMBERS = ("number_scaling", "number_embedding")
BINS = ("bins", "number_units")
CATEGORIES = ("one_hot_levels", "category_units")
REST = ("missing", "members")
MORE = ("minimum_count",)
_FIELDS = {field.name: field for field in ColumnsInput.fields()}


def columns_controls(draft: Draft, dataset: Dataset) -> DeltaGenerator:
    """The input block; changes go into the draft. Returns the place for what is wrong with it."""
    values, key = draft.inputs[0], f"configure_{draft.revision}_columns"
    usable = usable_columns(dataset)
    with st.container(gap="xsmall", key="configure_columns"):
        _which(values, usable, key)
        entering = [column for column in usable if values["columns"] is None or column.name in values["columns"]]
        numbers = [column for column in entering if column.kind in ("number", "date")]
        if numbers:
            _row("numbers", NUMBERS, values, key, count=len(numbers))
        if numbers and values["number_embedding"] == "piecewise_linear":
            _row("bins", BINS, values, key)
        if others := len(entering) - len(numbers):
            _row("categories", CATEGORIES, values, key, count=others)
        _row("rest", REST, values, key)
        return st.container()


def _which(values: dict[str, Any], usable: Sequence[AnyColumn], key: str) -> None:
    """All enter but those that are left out: that is a short list in a table of many columns, too."""
    names = [column.name for column in usable]
    out = [] if values["columns"] is None else [name for name in names if name not in values["columns"]]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/table_chart: **{t('columns.title')}**", help=t("columns.title_help"), width=NAME_WIDTH)
        _more(values, key)
        st.markdown(f":small[{t('columns.entering', count=len(names) - len(out), all=len(names))}]", width="content")
        kinds = {column.name: t(f"columns.kind_{column.kind}") for column in usable}
        chosen = st.multiselect(
            t("columns.left_out"),
            names,
            out,
            format_func=lambda name: f"{name} · {kinds[name]}",
            key=f"{key}_left_out",
            placeholder=t("columns.leave_out"),
            label_visibility="collapsed",
            width=300,
        )
    if chosen != out:  # else a list that names columns of before would be mended in silence
        values["columns"] = [name for name in names if name not in chosen] if chosen else None


def _more(values: dict[str, Any], key: str) -> None:
    label = t("columns.more")
    with st.popover(spoken(label), help=label, icon=":material/more_horiz:", type="tertiary", width=48):
        field_controls([_FIELDS[name] for name in MORE], values, key, OWNER)


def _row(name: str, fields: Sequence[str], values: dict[str, Any], key: str, **facts: int) -> None:
    """One line: what it is about, with help on all that stands in it, and the fields."""
    texts = [t(f"columns.{name}_help")]
    texts += [f"**{plain(field_label(field, OWNER))}** · {field_help(field, OWNER)}" for field in fields]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":small[{t(f'columns.{name}', **facts)}]", help="\n\n".join(texts), width=NAME_WIDTH)
        field_controls([_FIELDS[field] for field in fields], values, key, OWNER, inline=True)
