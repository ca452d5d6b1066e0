"""A table on the page Explore, from its first line to its rows; what is looked at is in the URL."""

from collections.abc import Callable

import streamlit as st

from ui import state
from ui.explore.table.columns import columns_view
from ui.explore.table.correlations import correlations_view
from ui.explore.table.found import findings_view
from ui.explore.table.headline import headline_view
from ui.explore.table.pairs import pairs_view
from ui.explore.table.rows import rows_view
from ui.explore.table.seen import ColumnControls, Seen, profile_view
from ui.problems import caught
from ui.server import server
from ui.shared.switches import switch
from ui.text import t

VIEWS = ("columns", "pair", "correlations", "rows")
OF_A_PROFILE: dict[str, Callable[[Seen], None]] = {"pair": pairs_view, "correlations": correlations_view}


def table_view(dataset_id: str, controls: ColumnControls | None = None) -> None:
    """All of it; `controls` draws what can be changed of the column that is opened, given the table and its field."""
    with caught():
        table = server().datasets.table(dataset_id)
    headline, findings = st.container(), st.container()
    seen = profile_view(table)
    if seen:
        with headline:
            headline_view(seen)
        with findings:
            findings_view(seen)
    name = _view_controls()
    with caught():
        if name == "rows":
            rows_view(table, seen.profile if seen else None)
        elif seen is None:
            st.skeleton(320)
        elif name == "columns":
            columns_view(seen, controls)
        else:
            OF_A_PROFILE[name](seen)


def _view_controls() -> str:
    wanted = st.query_params.get("view", "")
    return switch(
        t("table.view"), VIEWS, wanted, lambda name: t(f"table.view_{name}"), key="explore_view", on_change=_choose
    )


def _choose() -> None:
    name = st.session_state["explore_view"]
    state.put_in_url("view", None if name == VIEWS[0] else name)
