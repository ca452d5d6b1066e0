"""The curves of all compared runs over each other; those with repetitions as their mean in a band."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dl.runs import Run
from dl.runs.courses import Course, mean_course
from dl.runs.families import Family
from dl.runs.table import RunRow
from dl.tasks.metrics import LOSS, VALIDATION
from ui import state
from ui.charts.courses import Drawn, courses_figure
from ui.format import is_share, loss_last, metric_in_unit, metric_name
from ui.frame import is_dark
from ui.shared.runs import changed_at, color_index, row_label
from ui.shared.switches import switch
from ui.text import t


def curves_view(rows: Sequence[RunRow], families: dict[str, Family]) -> None:
    names = loss_last(list(dict.fromkeys(_metrics(rows))))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("compare.curves"), anchor=False, help=t("compare.curves_help"))
        metric = switch(
            t("compare.metric"),
            names,
            st.query_params.get("metric", ""),
            metric_name,
            key="compare_metric",
            on_change=_choose,
        )
    drawn = [part for part in _all_drawn(rows, families, metric) if np.size(part.epochs)]
    if not drawn:
        st.caption(t("compare.no_curves"))
        return
    figure = courses_figure(
        drawn,
        x_title=t("train.axis_epoch"),
        y_title=metric_in_unit(metric, rows[0].unit),
        training=t("train.training"),
        percent=is_share(metric),
        dark=is_dark(),
    )
    alt = t("compare.curves_alt", metric=metric_name(metric), count=len(drawn))
    st.plotly_chart(figure, theme=None, key="compare_curves", alt=alt)
    if any(part.low is not None for part in drawn):
        st.caption(t("compare.band"))


def _choose() -> None:
    state.put_in_url("metric", st.session_state["compare_metric"])


def _metrics(rows: Sequence[RunRow]) -> list[str]:
    """Those that all runs have measured on what was held out, else the loss."""
    measured = [{name.removeprefix(VALIDATION) for name in row.scores if name.startswith(VALIDATION)} for row in rows]
    common = set.intersection(*measured) if measured else set()
    return [*sorted(common - {LOSS.name}, key=lambda name: (name != rows[0].metric, name)), LOSS.name]


def _all_drawn(rows: Sequence[RunRow], families: dict[str, Family], metric: str) -> list[Drawn]:
    """A line a run, or one for all of a family: it is where its first one would be."""
    drawn: dict[str, Drawn] = {}
    for row in rows:
        family = families.get(row.request.family) if row.request else None
        if row.request and family and len(family.done) > 1:
            drawn.setdefault(row.request.family, _of_a_family(row, family, metric))
        else:
            drawn[row.run.id] = _drawn(row, row_label(row), [row.run], metric)
    return list(drawn.values())


def _of_a_family(row: RunRow, family: Family, metric: str) -> Drawn:
    label = t("compare.mean_of", run=row_label(row), count=len(family.done))
    return _drawn(row, label, [member.run for member in family.done], metric)


def _drawn(row: RunRow, label: str, runs: Sequence[Run], metric: str) -> Drawn:
    course = _course([(str(run.folder), changed_at(run, "epochs.jsonl")) for run in runs], metric, runs)
    return Drawn(label, color_index(row.run), **vars(course))


@st.cache_data(max_entries=200, show_spinner=False)
def _course(known_by: list[tuple[str, int]], metric: str, _runs: Sequence[Run]) -> Course:
    """Kept, for a page is drawn at every click."""
    return mean_course(_runs, metric)
