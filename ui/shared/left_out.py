"""Rows of the file that could not be read: how many, which and why."""

from pathlib import Path

import pandas as pd
import streamlit as st

from dl.datasets.tables.left_out import read_left_out
from dl.spreadsheet import without_formulas
from ui.problems import sentence
from ui.text import t

SHOWN = 200
LONGEST = 200  # characters of a row that are shown


def left_out_view(file: Path, count: int, total: int, name: str) -> None:
    """So many of all rows; nothing where every row was read. `name` is what they were rows of."""
    if not count:
        return
    rows = read_left_out(file, SHOWN)
    facts = {"count": count, "total": total}
    first = sentence(rows[0]) if rows else ""
    with st.expander(t("choices.left_out", **facts, first=first), icon=":material/playlist_remove:"):
        said = [(row.line, sentence(row), without_formulas(row.row[:LONGEST])) for row in rows]
        headings = [t(f"choices.left_out_{name}") for name in ("line", "why", "row")]
        st.dataframe(pd.DataFrame(said, columns=headings), hide_index=True, alt=t("choices.left_out_rows"))
        if count > len(rows):
            st.caption(t("choices.left_out_shown", shown=len(rows), count=count))
        st.download_button(
            t("choices.left_out_download"),
            file.read_bytes,
            file_name=f"{name}-left-out.csv",
            mime="text/csv",
            icon=":material/download:",
            key="left_out_download",
            on_click="ignore",
        )
