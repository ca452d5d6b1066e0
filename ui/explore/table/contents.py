"""What a table holds, drawn."""

import streamlit as st

from ui.explore.table.choices import column_controls
from ui.server import server


def table_view(dataset_id: str) -> None:
    table = server().datasets.table(dataset_id)
    for column in table.description.columns[:5]:
        st.markdown(f"**{column.field}**")
        column_controls(table, column.field)
