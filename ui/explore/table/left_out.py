"""Rows of the file that could not be read: how many, which and why."""

import pandas as pd
import streamlit as st

from dl.datasets.tables.left_out import FILE, read_left_out
from dl.datasets.tables.table import Table
from dl.spreadsheet import without_formulas
from ui.problems import sentence
from ui.text import t

SHOWN = 200
LONGEST = 200  # characters of a row that are shown


def left_out_view(table: Table) -> None:
    """Nothing where every row was read."""
    known = table.description
    if not known.left_out:
        return
    rows = read_left_out(table.folder / FILE, SHOWN)
    facts = {"count": known.left_out, "total": known.rows.total + known.left_out}
    first = sentence(rows[0]) if rows else ""
    with st.expander(t("choices.left_out", **facts, first=first), icon=":material/playlist_remove:"):
        said = [(row.line, sentence(row), without_formulas(row.row[:LONGEST])) for row in rows]
        headings = [t(f"choices.left_out_{name}") for name in ("line", "why", "row")]
        st.dataframe(pd.DataFrame(said, columns=headings), hide_index=True, alt=t("choices.left_out_rows"))
        if known.left_out > len(rows):
            st.caption(t("choices.left_out_shown", shown=len(rows), count=known.left_out))
        st.download_button(
            t("choices.left_out_download"),
            (table.folder / FILE).read_bytes,
            file_name=f"{known.id}-left-out.csv",
            mime="text/csv",
            icon=":material/download:",
            key="explore_left_out",
            on_click="ignore",
        )
