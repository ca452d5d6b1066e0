"""One column, opened: its whole distribution by target, its figures, and what can be changed of it."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from dl.datasets.columns import Date
from dl.profiles.profile import ColumnProfile, Level, NumberProfile
from ui import state
from ui.charts.tables import distribution, distribution_by_target
from ui.explore.table.figures import count, mean, names_rows, quantile, share, short, value
from ui.explore.table.seen import ColumnControls, Seen
from ui.explore.table.words import chart_words
from ui.format import number, percent_pattern
from ui.frame import is_dark
from ui.shared.switches import switch
from ui.text import plain, t

BARS = ("count", "share")


def column_view(seen: Seen, field: str, controls: ColumnControls | None = None) -> None:
    _choice(seen, field)
    column = seen.profile.column(field)
    if controls:
        controls(seen.table, field)
    if not column.known:
        st.info(t("table.all_missing"), icon=":material/info:")
    elif names_rows(column):
        st.info(t("table.names_rows", count=count(column.distinct)) if column.distinct else "", icon=":material/tag:")
    else:
        _chart(seen, column)
    st.markdown("  \n".join(_figures(seen, column)))
    if column.frequent and not column.number:
        _levels_view(column.frequent)


def _choice(seen: Seen, field: str) -> None:
    names = {column.field: column.name for column in seen.profile.by_relation}
    st.session_state["explore_column"] = field
    st.selectbox(t("table.column"), list(names), format_func=names.__getitem__, key="explore_column", on_change=_choose)


def _choose() -> None:
    state.put_in_url("column", st.session_state["explore_column"])


def _chart(seen: Seen, column: ColumnProfile) -> None:
    words, target = chart_words(seen.profile), seen.profile.target
    alt = t("table.distribution_alt", column=short(column.name), figures=_spoken(column))
    title = t("table.length") if column.kind == "text" else short(column.name)
    if column.role == "target":
        figure = distribution(column, words, x_title=title, dark=is_dark())
    else:
        shares = bool(target.levels) and _as_shares()
        figure = distribution_by_target(column, target, words, shares=shares, x_title=title, dark=is_dark())
    st.plotly_chart(figure, theme=None, key="explore_distribution", config={"displayModeBar": False}, alt=alt)


def _as_shares() -> bool:
    wanted = st.query_params.get("bars", "")
    says = lambda name: t(f"table.bars_{name}")  # noqa: E731
    way = switch(t("table.bars"), BARS, wanted, says, key="explore_bars", on_change=_choose_bars)
    return way == "share"


def _choose_bars() -> None:
    way = st.session_state["explore_bars"]
    state.put_in_url("bars", None if way == "count" else way)


def _spoken(column: ColumnProfile) -> str:
    if column.number:
        return t("table.from_to", low=value(column, column.number.least), high=value(column, column.number.greatest))
    return t("format.list").join(short(str(level.value)) for level in column.frequent[:5])


def _figures(seen: Seen, column: ColumnProfile) -> Iterator[str]:
    """Each a line."""
    if column.relation:
        target = plain(short(seen.profile.column(seen.profile.target.field).name))
        yield t("table.related", relation=_relation(column), target=target)
    missing = t("table.share_missing", share=share(column.missing))
    yield f"{missing} · {t('table.count_distinct', count=count(column.distinct))}" if column.distinct else missing
    described = seen.table.column(column.field)
    if isinstance(described, Date) and described.zone:
        yield t("table.in_utc")
    if column.number and column.known:
        yield from _of_number(column, column.number, seen.profile.is_exact)


def _relation(column: ColumnProfile) -> str:
    relation = column.relation
    assert relation
    said = [f"{each:.2f}" for each in (relation.value, relation.low, relation.high)]
    return said[0] if said[1] == said[2] else t("table.band", value=said[0], low=said[1], high=said[2])


def _of_number(column: ColumnProfile, found: NumberProfile, is_exact: bool) -> Iterator[str]:
    said = [quantile(column, each, is_exact) for each in found.quantiles]
    ends = {"low": value(column, found.least), "high": value(column, found.greatest)}
    yield t("table.from_to", **ends)
    yield t("table.middle", median=said[3], low=said[2], high=said[4])
    yield t("table.most", low=said[0], high=said[6])
    if column.kind == "number":
        yield t("table.mean", mean=mean(column, found.mean), deviation=number(found.standard_deviation, 4))


def _levels_view(levels: tuple[Level, ...]) -> None:
    frame = pd.DataFrame(
        {
            "value": [str(level.value) for level in levels],
            "rows": [level.count for level in levels],
            "share": [100 * level.share.value for level in levels],
        }
    )
    config = st.column_config
    headings = {
        "value": config.TextColumn(t("table.value")),
        "rows": config.NumberColumn(t("table.rows"), format="localized"),
        "share": config.NumberColumn(t("table.share"), format=percent_pattern("%.1f")),
    }
    with st.expander(t("table.levels", count=len(levels)), key="explore_levels"):
        st.dataframe(frame, hide_index=True, column_config=headings, alt=t("table.levels", count=len(levels)))
