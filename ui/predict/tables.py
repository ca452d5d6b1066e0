"""What a network on a table is tried on: a row, or a whole file of them."""

import streamlit as st

from dl.prediction.networks import Ready
from ui import state
from ui.predict.table import form_view
from ui.predict.whole_file import whole_file_view
from ui.shared.switches import switch
from ui.text import t

WAYS = ("row", "file")


def table_views(ready: Ready, epoch: int | None, alone: bool) -> None:
    """One of the ways, which is kept in the URL; who shall see nothing but the form sees the form."""
    if alone:
        form_view(ready, epoch)
        return
    says = {"row": t("predict.by_row"), "file": t("predict.by_file")}
    wanted = st.query_params.get("by", "")
    way = switch(t("predict.by"), WAYS, wanted, says.__getitem__, key="predict_by_table", on_change=_go)
    {"row": form_view, "file": whole_file_view}[way](ready, epoch)


def _go() -> None:
    state.put_in_url("by", st.session_state["predict_by_table"])
