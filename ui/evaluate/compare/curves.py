"""The curves of all that are compared over each other; runs that differ by their seed alone as a mean with its band."""

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from dl.runs import Run
from dl.runs.table import RunRow
from dl.tasks.metrics import VALIDATION
from ui import state
from ui.charts.comparison import Line, run_curves
from ui.format import is_share, score, validation_name
from ui.frame import is_dark
from ui.problems import caught
from ui.shared.runs import color_index, row_label, run_label
from ui.shared.seeds import SEEDS, groups_of, repeat_with_seeds, seed_mates
from ui.text import paragraph, plain, t


def curves_view(rows: Sequence[RunRow]) -> None:
    metric = rows[0].metric
    name = f"{VALIDATION}{metric}"
    lines = [_line(group, name) for group in groups_of([row.run for row in rows])]
    lines = [line for line in lines if line.values]
    st.header(t("compare.curves"), anchor=False)
    if not lines:
        st.caption(t("compare.no_curves"))
        return
    figure = run_curves(
        lines,
        x_title=t("train.axis_epoch"),
        y_title=validation_name(metric),
        percent=is_share(metric),
        dark=is_dark(),
    )
    alt = t("compare.curves_alt", metric=validation_name(metric), count=len(lines))
    st.plotly_chart(figure, theme=None, key="compare_curves", config={"displayModeBar": False}, alt=alt)


def _line(group: Sequence[Run], name: str) -> Line:
    """Of several, the mean of each epoch that all have, and its least and greatest."""
    curves = [{int(record["epoch"]): float(record.get(name, math.nan)) for record in run.epochs()} for run in group]
    shared = sorted(set.intersection(*(set(curve) for curve in curves)))
    values = np.array([[curve[epoch] for epoch in shared] for curve in curves])
    label = run_label(group[0]) if len(group) == 1 else t("compare.group", run=group[0].id, count=len(group))
    if not shared or np.isnan(values).any():
        return Line(label, color_index(group[0]), {})
    mean = dict(zip(shared, values.mean(axis=0).tolist(), strict=True))
    if len(group) == 1:
        return Line(label, color_index(group[0]), mean)
    return Line(label, color_index(group[0]), mean, values.min(axis=0).tolist(), values.max(axis=0).tolist())


def seeds_view(rows: Sequence[RunRow]) -> None:
    """What the seed alone makes of each, and the button that finds it out."""
    known = {row.run.id: row for row in rows}
    st.header(t("compare.seeds"), anchor=False, help=t("compare.seeds_help"))
    for group in groups_of([row.run for row in rows]):
        row = known[group[0].id]
        mates = seed_mates(group[0])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_spread(row, mates), width="stretch")
            if len(mates) < SEEDS:
                key = f"compare_repeat_{row.run.id}"
                if st.button(t("compare.repeat", seeds=SEEDS), icon=":material/casino:", key=key):
                    _repeat(row.run, rows)


def _repeat(run: Run, rows: Sequence[RunRow]) -> None:
    with caught():
        mates = repeat_with_seeds(run)
    ids = dict.fromkeys([*(row.run.id for row in rows), *(mate.id for mate in mates)])
    state.put_in_url("compare", ",".join(ids))
    st.rerun()


def _spread(row: RunRow, mates: Sequence[Run]) -> str:
    """Mean and standard deviation of those that have come to their end, and how many have not."""
    results = [found for mate in mates if (found := mate.results())]
    scores = [found.scores[row.metric] for found in results if row.metric in found.scores]
    name = plain(row_label(row))
    if len(mates) == 1:
        return t("compare.one_seed", name=name)
    done = t("compare.seeds_done", done=len(scores), total=len(mates)) if len(scores) < len(mates) else ""
    if len(scores) < 2:
        return f"{name}: {done}"
    spread = float(np.std(scores, ddof=1))
    mean, told = (plain(score(row.metric, value, row.unit)) for value in (float(np.mean(scores)), spread))
    return paragraph(t("compare.spread", name=name, mean=mean, spread=told, count=len(scores)), done)
