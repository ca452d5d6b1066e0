"""All columns against all, and which belong together most."""

from itertools import combinations

import pandas as pd
import streamlit as st

from dl.profiles.profile import Associations
from ui.charts.tables import correlations
from ui.explore.table.seen import Seen
from ui.frame import is_dark
from ui.text import t

STRONGEST = 10


def correlations_view(seen: Seen) -> None:
    found = seen.profile.associations
    names = [seen.profile.column(field).name for field in found.fields]
    if len(names) < 2:
        st.info(t("table.one_column"), icon=":material/info:")
        return
    heat, strongest = st.columns([7, 5], gap="large")
    with heat:
        alt = t("table.correlations_alt", count=len(names))
        st.plotly_chart(correlations(found, names, dark=is_dark()), theme=None, key="explore_correlations", alt=alt)
        st.caption(t("table.correlations_caption", rows=found.rows), help=t("table.correlations_help"))
    with strongest:
        st.markdown(f"### {t('table.strongest')}")
        _strongest_view(found, names)


def _strongest_view(found: Associations, names: list[str]) -> None:
    pairs = sorted(combinations(range(len(names)), 2), key=lambda pair: -abs(found.values[pair[0]][pair[1]]))
    rows = [(names[one], names[other], round(found.values[one][other], 4) + 0.0) for one, other in pairs[:STRONGEST]]
    frame = pd.DataFrame(rows, columns=["one", "other", "value"])
    config = st.column_config
    headings = {
        "one": config.TextColumn(t("table.column")),
        "other": config.TextColumn(t("table.and_column")),
        "value": config.NumberColumn(t("table.correlation"), format="%.2f"),
    }
    st.dataframe(frame, hide_index=True, height="content", column_config=headings, alt=t("table.strongest"))
