"""Every column as a row, what tells most of the target first; a click opens one beside the list."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dl.profiles.profile import ColumnProfile, Profile
from ui import state
from ui.charts.palette import palette
from ui.charts.table_bars import bars_of, target_by_bar
from ui.explore.table.column import column_view
from ui.explore.table.figures import count, names_rows, share, short, value
from ui.explore.table.seen import ColumnControls, Seen, table_key
from ui.explore.table.words import chart_words
from ui.format import percent, percent_pattern
from ui.frame import is_dark
from ui.text import t

ROWS_SHOWN = 15
ROW_HEIGHT = 35
LEVELS_NAMED = 3


def columns_view(seen: Seen, controls: ColumnControls | None = None) -> None:
    ordered = seen.profile.by_relation
    fields = [column.field for column in ordered]
    wanted = st.query_params.get("column", "")
    opened = wanted if wanted in fields else next(column.field for column in ordered if column.role != "target")
    names, column = st.columns([8, 5], gap="large")
    with names, st.container(key="explore_columns"):
        _list_view(seen.profile, ordered, f"explore_list_{_version(seen)}")
    with column:
        column_view(seen, opened, controls)


def _list_view(profile: Profile, ordered: Sequence[ColumnProfile], key: str) -> None:
    target = profile.column(profile.target.field)
    st.dataframe(
        _frame(profile, ordered),
        hide_index=True,
        height=(min(len(ordered), ROWS_SHOWN) + 1) * ROW_HEIGHT + 3,
        row_height=ROW_HEIGHT,
        column_config=_headings(short(target.name), profile),
        key=key,
        on_select=partial(_opened, key, [column.field for column in ordered]),
        selection_mode="single-cell",
        placeholder="",
        alt=t("table.columns_alt"),
    )
    st.caption(t("table.columns_caption"))


def _frame(profile: Profile, ordered: Sequence[ColumnProfile]) -> pd.DataFrame:
    rows = [_row(profile, column) for column in ordered]
    return pd.DataFrame(rows)


def _row(profile: Profile, column: ColumnProfile) -> dict[str, Any]:
    """Numbers can be sorted; while they are estimates, their range is worth more."""
    bars, is_drawn = bars_of(column, chart_words(profile)), not names_rows(column)
    exact = profile.is_exact
    distinct = column.distinct
    return {
        "name": column.name,
        "kind": _kind(column),
        "relation": column.relation.value if column.relation else None,
        "distribution": bars.counts.sum(axis=1).tolist() if is_drawn else [],
        "by_target": _bars(target_by_bar(bars, profile.target)) if is_drawn and column.role != "target" else [],
        "missing": None if column.missing.high == 0 else 100 * column.missing.value if exact else share(column.missing),
        "distinct": None if distinct is None else distinct.count if exact else count(distinct),
        "typical": _typical(column),
    }


def _bars(values: NDArray[np.float64]) -> list[float]:
    """Where there are no rows, as low as the lowest."""
    low = float(np.nanmin(values)) if not np.isnan(values).all() else 0.0
    return np.nan_to_num(values, nan=low).tolist()


def _kind(column: ColumnProfile) -> str:
    return t(f"table.kind_{column.kind if column.role == 'feature' else column.role}")


def _typical(column: ColumnProfile) -> str:
    if not column.known:
        return ""
    if column.number:
        quantiles = column.number.quantiles
        return " · ".join(value(column, quantiles[place].value) for place in (1, 3, 5))
    named = [f"{short(str(level.value))} {percent(level.share.value, 0)}" for level in column.frequent[:LEVELS_NAMED]]
    return t("format.list").join(named)


def _headings(target: str, profile: Profile) -> dict[str, Any]:
    is_exact = profile.is_exact
    config, color = st.column_config, palette(is_dark()).primary
    number = config.NumberColumn if is_exact else config.TextColumn
    missing: dict[str, Any] = {"format": percent_pattern("%.1f")} if is_exact else {}
    distinct: dict[str, Any] = {"format": "localized"} if is_exact else {}
    low, high = _target_range(profile)
    return {
        "name": config.TextColumn(t("table.column"), pinned=True, width=125),
        "kind": config.TextColumn(t("table.kind"), width=80),
        "relation": config.ProgressColumn(
            t("table.relation"),
            help=t("table.relation_help", target=target),
            format="%.2f",
            min_value=0,
            max_value=1,
            width=100,
            color=color,
        ),
        "distribution": config.BarChartColumn(t("table.distribution"), y_min=0, width=90, color=color),
        "by_target": config.BarChartColumn(
            t("table.by_target"),
            help=t("table.by_target_help", target=target),
            width=90,
            color=color,
            y_min=low,
            y_max=high,
        ),
        "missing": number(t("table.missing"), width=75 if is_exact else 150, **missing),
        "distinct": number(t("table.distinct"), width=75 if is_exact else 150, **distinct),
        "typical": config.TextColumn(t("table.typical"), help=t("table.typical_help"), width=300),
    }


def _target_range(profile: Profile) -> tuple[float, float]:
    """One for all columns, so that what tells nothing of the target looks flat."""
    target = profile.column(profile.target.field)
    if profile.target.levels or target.number is None:
        return 0.0, 1.0
    return target.number.quantiles[1].value, target.number.quantiles[5].value


def _version(seen: Seen) -> int:
    """Another one after each change of what is listed: a list that comes back as it was misses its first click."""
    known, version = st.session_state.get("explore_listed", (None, 0))
    now = (table_key(seen.table), seen.profile.read)
    if now != known:
        version += 1
        st.session_state["explore_listed"] = (now, version)
    return int(version)


def _opened(key: str, fields: Sequence[str]) -> None:
    cells = st.session_state[key]["selection"]["cells"]
    if cells:
        state.put_in_url("column", fields[cells[0][0]])
