"""All that the comparison of some runs shows, from top to bottom."""

import streamlit as st

from ui.evaluate.compare.curves import curves_view, seeds_view
from ui.evaluate.compare.pair import pair_view
from ui.evaluate.compare.runs import compared_rows, readable, runs_controls, table_view
from ui.problems import caught
from ui.text import t


def compare_view() -> None:
    rows = readable(compared_rows())
    runs_controls(rows)
    if len(rows) < 2:
        st.info(t("compare.too_few"), icon=":material/compare_arrows:")
    if not rows:
        return
    with caught():
        table_view(rows)
    if len(rows) > 1:
        with caught():
            pair_view(rows)
    with caught():
        curves_view(rows)
        seeds_view(rows)
