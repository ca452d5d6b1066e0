"""Two columns against each other, all rows of them."""

import streamlit as st

from dl.profiles.pairs import Pair, pair
from ui import state
from ui.charts.tables import two_columns
from ui.explore.table.figures import short
from ui.explore.table.seen import Seen, table_key
from ui.explore.table.words import chart_words
from ui.frame import is_dark
from ui.text import t


def pairs_view(seen: Seen) -> None:
    """The two that tell most of the target until others are chosen; both are in the URL."""
    fields = _fields(seen)
    if len(fields) < 2:
        st.info(t("table.one_column"), icon=":material/info:")
        return
    with st.container(horizontal=True):
        x = _choice(seen, fields, "x", fields[0])
        y = _choice(seen, fields, "y", next(field for field in fields[1:] if field != x))
    with st.spinner(t("table.counting_pair")):
        found = _pair(table_key(seen.table), seen.profile.read, x, y, seen)
    names = {"x": short(found.x.name), "y": short(found.y.name)}
    figure = two_columns(found, chart_words(seen.profile), dark=is_dark())
    st.plotly_chart(figure, theme=None, key="explore_pair", alt=t("table.pair_alt", **names))
    st.caption(t("table.pair_points" if found.points else "table.pair_density", rows=int(found.counts.sum())))


def _fields(seen: Seen) -> list[str]:
    """Of columns that are more than a name: the features, the target, then what is ignored."""
    known = [column for column in seen.profile.by_relation if column.known and column.kind != "identifier"]
    order = {"feature": 0, "target": 1, "ignored": 2}
    return [column.field for column in sorted(known, key=lambda column: order[column.role])]


def _choice(seen: Seen, fields: list[str], axis: str, usual: str) -> str:
    key, wanted = f"explore_{axis}", st.query_params.get(axis, "")
    st.session_state[key] = wanted if wanted in fields else usual
    st.selectbox(
        t(f"table.axis_{axis}"),
        fields,
        format_func=lambda field: seen.profile.column(field).name,
        key=key,
        on_change=_choose,
        args=(axis,),
        width=260,
    )
    return str(st.session_state[key])


def _choose(axis: str) -> None:
    state.put_in_url(axis, st.session_state[f"explore_{axis}"])


@st.cache_data(max_entries=32, show_spinner=False)
def _pair(key: str, read: int, x: str, y: str, _seen: Seen) -> Pair:
    return pair(_seen.table, _seen.profile, x, y)
