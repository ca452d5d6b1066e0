"""Fewer runs in the table: by words in what they are called, by star, by data set; all of it in the URL."""

from collections.abc import Sequence

import streamlit as st

from dl.runs.table import RunRow
from ui import state
from ui.shared.datasets import dataset_name
from ui.shared.runs import row_label
from ui.text import t

IN_URL = ("find", "starred", "data")
FIELD_WIDTH = 260


def filtered_view(rows: Sequence[RunRow]) -> list[RunRow]:
    """Those that are left; a sentence where there are none."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="home_filter"):
        words = _words_controls()
        dataset = _dataset_controls(rows)
        starred = _star_controls()
        left = [row for row in rows if matches(row, words, dataset, starred)]
        if words or dataset or starred:
            words = t("filter.clear", count=len(left), total=len(rows))
            st.button(words, icon=":material/close:", type="tertiary", key="home_unfilter", on_click=_clear)
    if not left:
        st.info(t("filter.nothing"), icon=":material/filter_alt_off:")
    return left


def matches(row: RunRow, words: str, dataset: str | None, starred: bool) -> bool:
    """Each of the words stands in what the run is called, in its note or in the name of its data set."""
    if starred and not row.label.star:
        return False
    asked = row.request.dataset if row.request else ""
    if dataset and dataset != asked:
        return False
    said = " ".join((row_label(row), row.label.note, dataset_name(asked) if asked else "")).casefold()
    return all(word in said for word in words.casefold().split())


def _words_controls() -> str:
    st.session_state["home_find"] = st.query_params.get("find", "")
    words = st.text_input(
        t("filter.find"),
        key="home_find",
        on_change=lambda: state.put_in_url("find", st.session_state["home_find"] or None),
        placeholder=t("filter.find_hint"),
        icon=":material/search:",
        width=FIELD_WIDTH,
    )
    return words.strip()


def _dataset_controls(rows: Sequence[RunRow]) -> str | None:
    """None for all of them, and for one that no run is about."""
    known = list(dict.fromkeys(row.request.dataset for row in rows if row.request))
    wanted = st.query_params.get("data")
    st.session_state["home_data"] = wanted if wanted in known else None
    return st.selectbox(
        t("run.column_dataset"),
        known,
        format_func=dataset_name,
        key="home_data",
        on_change=lambda: state.put_in_url("data", st.session_state["home_data"]),
        placeholder=t("filter.all_data"),
        width=FIELD_WIDTH,
    )


def _star_controls() -> bool:
    st.session_state["home_starred"] = st.query_params.get("starred") == "1"
    return st.toggle(
        t("filter.starred"),
        key="home_starred",
        on_change=lambda: state.put_in_url("starred", "1" if st.session_state["home_starred"] else None),
    )


def _clear() -> None:
    for name in IN_URL:
        state.put_in_url(name, None)
