"""All runs in one table: sorted and searched by the table itself; what can be done with those that are chosen."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from dl.runs import Run
from dl.runs.table import RunRow
from dl.spreadsheet import without_formulas
from dl.tasks.metrics import ACCURACY, VALIDATION, metric
from ui import state
from ui.format import is_share, loss_last, percent_pattern
from ui.frame import page_file
from ui.home.run_filter import filter_controls
from ui.shared.datasets import dataset_name
from ui.shared.run_menu import delete_button, star_button
from ui.shared.runs import MOST_OVERLAYS, network_name
from ui.text import first_text, t

MOST_COMPARED = 1 + MOST_OVERLAYS  # while they train
MOST_RUNS = 20  # side by side, with their results
SCORES = ("test_", VALIDATION)
USUAL = ("accuracy", "loss")  # what has its column whether any run has measured it or not
FORMATS = {
    "run": "%d",
    "layers": "%d",
    "parameters": "localized",
    "learning_rate": "%g",
    "batch_size": "localized",
    "epochs": "localized",
    "seconds": "%.1f s",
}
WIDTHS = {"star": 52, "name": 150, "dataset": 120, "network": 160, "optimizer": 120, "note": 260}
WORDS: dict[str, Callable[[Any], str]] = {  # asked for once a value, not once a cell
    "dataset": dataset_name,
    "network": network_name,
    "optimizer": lambda name: t(f"configure.optimizer_{name}"),
    "state": lambda name: t(f"state.{name}"),
}


def run_table_view(every: Sequence[RunRow]) -> None:
    rows = filter_controls(every)
    if not rows:
        st.info(t("home.filter_none", count=len(every)), icon=":material/filter_alt_off:")
        return
    frame = run_frame(rows)
    actions = st.container(horizontal=True, key="home_table_actions")
    chosen = _table(frame, [row.run for row in rows])
    with actions:
        _open_button(chosen, rows)
        _compare_button(chosen, rows)
        _name_button(chosen)
        star_button(chosen, "home_star")
        delete_button(chosen, "home_delete")
        _download_button(frame)


def run_frame(rows: Sequence[RunRow]) -> pd.DataFrame:
    """One line a run, safe to open in a spreadsheet; shares are fractions, and times seconds."""
    now = time.time()
    judged = list(dict.fromkeys([ACCURACY.name, *(row.metric for row in rows)]))
    measured = [name.removeprefix(VALIDATION) for row in rows for name in row.scores if name.startswith(VALIDATION)]
    metrics = loss_last(list(dict.fromkeys((*USUAL, *measured))))
    frame = pd.DataFrame([_line(row, judged, metrics, now) for row in rows])
    if not frame["unit"].any():
        frame = frame.drop(columns="unit")
    for column, word in WORDS.items():
        frame[column] = frame[column].map({value: word(value) for value in frame[column].dropna().unique()})
    return frame


def _line(row: RunRow, judged: Sequence[str], metrics: Sequence[str], now: float) -> dict[str, Any]:
    asked, status = row.request, row.status
    return {
        "star": "★" if row.label.star else "",
        "run": int(row.run.id),
        "name": without_formulas(row.label.name),
        "dataset": asked.dataset if asked else None,
        "network": asked,
        **{f"test_{name}": row.test_score if row.metric == name else None for name in judged},
        "unit": without_formulas(row.unit),
        **{(score := f"{VALIDATION}{name}"): row.scores.get(score) for name in metrics},
        "seconds": (status.fit_seconds or status.seconds(now)) if status else None,
        "layers": asked.layers if asked else None,
        "parameters": asked.parameters if asked else None,
        "optimizer": asked.optimizer if asked else None,
        "learning_rate": asked.learning_rate if asked else None,
        "batch_size": asked.batch_size if asked else None,
        "epochs": asked.epochs if asked else None,
        "when": datetime.fromtimestamp(status.queued_at) if status else None,
        "state": status.state if status else "unreadable",
        "note": without_formulas(row.label.note),
    }


def _table(frame: pd.DataFrame, runs: Sequence[Run]) -> list[Run]:
    """The chosen ones. The browser tells places in the table, so that of other runs is another one."""
    shares = [name for name in map(str, frame.columns) if _is_share(name)]
    shown = frame.assign(**{name: 100 * frame[name].astype(float) for name in shares})
    event = st.dataframe(
        shown,
        hide_index=True,
        column_config={name: _column(name) for name in frame.columns},
        key=f"home_table_{crc32(' '.join(run.id for run in runs).encode())}",
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        alt=t("home.table_alt"),
    )
    return [runs[place] for place in event["selection"]["rows"]]


def _is_share(column: str) -> bool:
    return any(column.startswith(part) and is_share(column.removeprefix(part)) for part in SCORES)


def _pattern(column: str) -> str | None:
    """How its numbers are written; None for words and times."""
    if _is_share(column):
        return percent_pattern("%.1f")
    if column.startswith(SCORES):
        return "localized" if any(metric(column.removeprefix(part)).in_unit for part in SCORES) else "%.3g"
    return FORMATS.get(column)


def _column(name: str) -> Any:
    label = first_text(f"run.column_{name}", f"metric.{name}", f"field.{name}", f"home.{name}") or name
    if pattern := _pattern(name):
        help = t("run.column_validation_help") if name.startswith(VALIDATION) else first_text(f"run.column_{name}_help")
        return st.column_config.NumberColumn(label, help=help, format=pattern, pinned=name == "run")
    if name == "when":
        return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")
    return st.column_config.TextColumn(label, width=WIDTHS.get(name), pinned=name == "star")


def _open_button(chosen: Sequence[Run], rows: Sequence[RunRow]) -> None:
    """Where one sees most of it: what came out, or the curves."""
    if st.button(t("run.open"), icon=":material/open_in_new:", key="home_open", disabled=len(chosen) != 1):
        row = next(row for row in rows if row.run == chosen[0])
        page = "train" if row.results is None else "evaluate"
        st.switch_page(page_file(page), query_params={"run": row.run.id})


def _compare_button(chosen: Sequence[Run], rows: Sequence[RunRow]) -> None:
    """All that differs between them or, as long as one has no results, their curves in one chart."""
    have_results = all(row.results for row in rows if row.run in chosen)
    most = MOST_RUNS if have_results else MOST_COMPARED
    is_possible, help = 1 < len(chosen) <= most, t("run.compare_help", most=most)
    label = t("run.compare")
    if st.button(label, icon=":material/stacked_line_chart:", key="home_compare", help=help, disabled=not is_possible):
        if have_results:
            compared = ",".join(run.id for run in chosen)
            st.switch_page(page_file("evaluate"), query_params={"view": "compare", "runs": compared})
        first, *others = (run.id for run in chosen)
        st.switch_page(page_file("train"), query_params={"run": first, "overlay": ",".join(others)})


def _name_button(chosen: Sequence[Run]) -> None:
    if st.button(t("run.rename"), icon=":material/edit:", key="home_rename", disabled=len(chosen) != 1):
        state.open_dialog("name", chosen[0].id)


def _download_button(frame: pd.DataFrame) -> None:
    st.download_button(
        t("run.download"),
        lambda: frame.to_csv(index=False).encode("utf-8-sig"),  # for Excel, as all tables that are taken away
        "livefit-runs.csv",
        "text/csv",
        key="home_download",
        icon=":material/download:",
        on_click="ignore",
    )
