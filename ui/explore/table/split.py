"""Which rows are kept for the test: said in a few words, and chosen anew."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dl.datasets.columns import Category, Date
from dl.datasets.description import Dataset
from dl.datasets.tables.changes import resplit
from dl.datasets.tables.splits import Split, SplitMethod
from dl.datasets.tables.table import Table
from ui.format import percent
from ui.server import server
from ui.text import plain, t

WIDTH = 320
LEAST_SHARE, MOST_SHARE = 5, 50  # per cent
MOST_SEED = 2**31 - 1
Act = Callable[[Callable[[Table], Table]], None]


def split_controls(table: Table, act: Act) -> None:
    """A button that says how the test rows were chosen, and opens what can be changed of that."""
    known = table.description
    with st.popover(_said(known), icon=":material/call_split:", key="explore_split_menu"), st.container(width=WIDTH):
        _form(known, act)


def _said(known: Dataset) -> str:
    split = known.split or Split()
    count = t("choices.test_rows", count=known.rows.test, share=percent(known.rows.test / known.rows.total, 0))
    return f"{count} · {t(f'choices.split_{split.method}_short', column=plain(_column_name(known, split.column)))}"


def _column_name(known: Dataset, field: str) -> str:
    return next((column.name for column in known.columns if column.field == field), "")


def _form(known: Dataset, act: Act) -> None:
    split = known.split or Split()
    method = st.selectbox(
        t("choices.split_method"),
        methods := _methods(known),
        methods.index(split.method),
        format_func=lambda method: t(f"choices.split_{method}"),
        key=f"explore_split_method_{known.fingerprint}",
        help=t("choices.split_help"),
    )
    chosen: dict[str, Any] = {"method": method}
    if method in ("time", "group"):
        chosen["column"] = _column_field(known, split, method)
    if method != "file":
        chosen["test_share"] = _share_field(known, split)
    if method in ("random", "stratified", "group"):
        chosen["seed"] = st.number_input(
            t("choices.split_seed"), 0, MOST_SEED, split.seed, key=f"explore_seed_{known.fingerprint}"
        )
    _says_what_follows(known, split)
    st.button(
        t("choices.split_do"),
        icon=":material/call_split:",
        key="explore_resplit",
        on_click=_split_anew,
        args=(act, chosen),
        disabled=all(getattr(split, name) == value for name, value in chosen.items()),
    )


def _methods(known: Dataset) -> list[SplitMethod]:
    """Those for which there is what they need."""
    methods: list[SplitMethod] = ["random"]
    if isinstance(known.target, Category):
        methods.append("stratified")
    if any(isinstance(column, Date) for column in known.columns):
        methods.append("time")
    methods.append("group")
    if known.origin and known.origin.test_rows:
        methods.append("file")
    if known.split and known.split.method not in methods:
        methods.append(known.split.method)
    return methods


def _column_field(known: Dataset, split: Split, method: SplitMethod) -> str:
    fields = {
        column.field: column.name
        for column in known.columns
        if column.role != "target" and (method == "group" or isinstance(column, Date))
    }
    place = [*fields].index(split.column) if split.column in fields else 0
    key = f"explore_split_column_{method}_{known.fingerprint}"
    return st.selectbox(t(f"choices.split_column_{method}"), [*fields], place, format_func=fields.__getitem__, key=key)


def _share_field(known: Dataset, split: Split) -> float:
    share = min(max(round(100 * split.test_share), LEAST_SHARE), MOST_SHARE)
    key = f"explore_share_{known.fingerprint}"
    return st.number_input(t("choices.split_share"), LEAST_SHARE, MOST_SHARE, share, key=key) / 100


def _says_what_follows(known: Dataset, split: Split) -> None:
    if split.shared:
        st.caption(t("choices.shared", count=split.shared))
    rows = server().table.rows()
    if runs := sum(row.request is not None and row.request.dataset == known.id for row in rows):
        st.caption(t("choices.split_runs", count=runs))


def _split_anew(act: Act, chosen: dict[str, Any]) -> None:
    act(lambda table: resplit(table, Split(**chosen)))
