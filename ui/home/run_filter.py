"""Which runs the table of all shows: by words, star and data set, kept in the URL."""

from collections.abc import Sequence

import streamlit as st

from dl.runs.table import RunRow
from ui import state
from ui.shared.datasets import dataset_name
from ui.shared.runs import row_label
from ui.text import t

WORDS, STARRED, DATASET = "q", "starred", "of"  # in the URL
LONGEST = 60


def filter_controls(rows: Sequence[RunRow]) -> list[RunRow]:
    """Those that are let through, in their order."""
    datasets = list(dict.fromkeys(row.request.dataset for row in rows if row.request))
    words = st.query_params.get(WORDS, "")[:LONGEST]
    starred, dataset = st.query_params.get(STARRED) == "1", st.query_params.get(DATASET)
    with st.container(horizontal=True, vertical_alignment="bottom", key="home_filter"):
        st.session_state["home_filter_words"] = words
        st.text_input(
            t("home.filter"),
            max_chars=LONGEST,
            key="home_filter_words",
            on_change=_keep,
            icon=":material/search:",
            placeholder=t("home.filter_words"),
            label_visibility="collapsed",
            width=260,
        )
        st.session_state["home_filter_dataset"] = dataset if dataset in datasets else None
        st.selectbox(
            t("home.filter_dataset"),
            datasets,
            format_func=dataset_name,
            key="home_filter_dataset",
            on_change=_keep,
            placeholder=t("home.filter_dataset"),
            label_visibility="collapsed",
            width=220,
        )
        st.session_state["home_filter_starred"] = starred
        st.toggle(t("home.filter_starred"), key="home_filter_starred", on_change=_keep)
    return [row for row in rows if _is_let_through(row, words, starred, dataset if dataset in datasets else None)]


def _keep() -> None:
    state.put_in_url(WORDS, st.session_state["home_filter_words"].strip() or None)
    state.put_in_url(DATASET, st.session_state["home_filter_dataset"])
    state.put_in_url(STARRED, "1" if st.session_state["home_filter_starred"] else None)


def _is_let_through(row: RunRow, words: str, starred: bool, dataset: str | None) -> bool:
    """Every word stands somewhere in its name, its note or what it is called."""
    if (starred and not row.label.star) or (dataset and (row.request is None or row.request.dataset != dataset)):
        return False
    told = f"{row_label(row)} {row.label.note}".casefold()
    return all(word in told for word in words.casefold().split())
