"""Which runs are compared, and all that differs between them in one table."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dl.errors import LivefitError
from dl.runs import Run
from dl.runs.differences import NETWORK, differing_settings
from dl.runs.table import RunRow
from dl.spreadsheet import without_formulas
from ui import state
from ui.format import is_share, loss_last, metric_name, percent_pattern
from ui.server import server
from ui.shared.runs import row_label
from ui.text import first_text, t

MOST = 20
USUAL = 5  # that are taken together at first
PARAMETER = "compare"  # in the URL, ids with commas between
SECTIONS = ("training", "data", "inputs", "optimizer", "layers")


def compared_rows() -> list[RunRow]:
    """Those that the URL names and that have results, in its order; empty where nothing is compared."""
    wanted = [id for id in st.query_params.get(PARAMETER, "").split(",") if id]
    known = {row.run.id: row for row in server().table.rows() if row.results and row.request}
    return [known[id] for id in dict.fromkeys(wanted) if id in known][:MOST]


def is_comparing() -> bool:
    return PARAMETER in st.query_params


def compare_button(run: Run) -> None:
    """Begins with this run and the newest others that learnt from the same data."""
    if st.button(t("compare.button"), icon=":material/compare_arrows:", key="evaluate_compare"):
        dataset = run.dataset().id
        others = [
            row.run.id
            for row in server().table.rows()
            if row.results and row.request and row.request.dataset == dataset
        ]
        ids = [run.id, *(id for id in others if id != run.id)]
        state.put_in_url(PARAMETER, ",".join(ids[:USUAL]))
        st.rerun()


def runs_controls(rows: Sequence[RunRow]) -> None:
    """Which ones, and the way back to one of them."""
    known = {row.run.id: row for row in server().table.rows() if row.results and row.request}
    key = "compare_runs"
    st.session_state[key] = [row.run.id for row in rows]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            t("compare.runs"),
            list(known),
            format_func=lambda id: row_label(known[id]),
            key=key,
            max_selections=MOST,
            on_change=_choose,
            args=(key,),
            placeholder=t("compare.choose"),
        )
        if st.button(t("compare.close"), icon=":material/close:", key="compare_close"):
            state.put_in_url(PARAMETER, None)
            st.rerun()


def _choose(key: str) -> None:
    state.put_in_url(PARAMETER, ",".join(st.session_state[key]) or "-")


def table_view(rows: Sequence[RunRow]) -> None:
    """Only what differs of the settings; a click on a heading sorts."""
    frame = compared_frame(rows)
    shares = [name for name in frame.columns if name.startswith("test_") and is_share(_metric(name))]
    shown = frame.assign(**{name: 100 * frame[name].astype(float) for name in shares})
    config = {name: _column(name, name in shares) for name in frame.columns}
    st.dataframe(shown, hide_index=True, column_config=config, key="compare_table", alt=t("compare.table_alt"))
    st.download_button(
        t("compare.download"),
        lambda: frame.to_csv(index=False).encode("utf-8-sig"),
        "livefit-comparison.csv",
        "text/csv",
        key="compare_download",
        icon=":material/download:",
        on_click="ignore",
    )


def compared_frame(rows: Sequence[RunRow]) -> pd.DataFrame:
    """One line a run, safe to open in a spreadsheet; shares are fractions, times seconds and sizes MB."""
    settings = differing_settings([row.run.spec() for row in rows])
    metrics = loss_last(list(dict.fromkeys(name for row in rows if row.results for name in row.results.scores)))
    return pd.DataFrame([_line(row, own, metrics) for row, own in zip(rows, settings, strict=True)])


def _line(row: RunRow, settings: dict[str, Any], metrics: Sequence[str]) -> dict[str, Any]:
    results, status, asked = row.results, row.status, row.request
    assert results and asked, "only such runs are compared"
    scores = {f"test_{name}": results.scores.get(name, math.nan) for name in metrics}
    low, high = results.intervals.get(row.metric, (math.nan, math.nan))
    return {
        "run": int(row.run.id),
        "name": without_formulas(row_label(row)),
        **scores,
        "low": low,
        "high": high,
        **{name: None if value is None else without_formulas(str(value)) for name, value in settings.items()},
        "seconds": status.fit_seconds if status else None,
        "parameters": asked.parameters,
        "megabytes": _size(row.run) / 1e6,
    }


def _size(run: Run) -> float:
    try:
        return float(run.model_file.stat().st_size)
    except OSError:
        return math.nan


def _metric(column: str) -> str:
    return column.removeprefix("test_")


def _column(name: str, is_percent: bool) -> Any:
    if name in ("run", "seconds", "parameters", "megabytes", "low", "high"):
        patterns = {"run": "%d", "seconds": "%.1f s", "parameters": "localized", "megabytes": "%.2f MB"}
        return st.column_config.NumberColumn(
            t(f"compare.{name}"), format=patterns.get(name, "%.4g"), pinned=name == "run"
        )
    if name.startswith("test_"):
        label = t("compare.test_score", metric=metric_name(_metric(name)))
        return st.column_config.NumberColumn(label, format=percent_pattern("%.2f") if is_percent else "%.4g")
    return st.column_config.TextColumn(
        t("compare.name") if name == "name" else setting_name(name), pinned=name == "name"
    )


def setting_name(name: str) -> str:
    """Of a dotted one, in the reader's words as far as there are any: `layers.2.units` is "Units (layer 2)"."""
    if name == NETWORK:
        return t("compare.network")
    parts = name.split(".")
    word = first_text(f"field.{parts[-1]}", f"configure.{parts[-1]}") or parts[-1]
    if parts[0] == "layers" and len(parts) == 3:
        return t("compare.of_layer", setting=word, layer=parts[1])
    return word


def readable(rows: Sequence[RunRow]) -> list[RunRow]:
    """Without those whose specification cannot be read any more."""
    found = []
    for row in rows:
        try:
            row.run.spec()
        except LivefitError:
            continue
        found.append(row)
    return found
