"""The curves of all that are compared over each other; runs that differ by their seed alone as a mean with its band."""

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from dl.runs import Run
from dl.runs.families import Family, families
from dl.runs.table import RunRow
from dl.tasks.metrics import VALIDATION
from ui.charts.comparison import Line, run_curves
from ui.format import is_share, score, validation_name
from ui.frame import is_dark
from ui.server import server
from ui.shared.runs import color_index, row_label, run_label
from ui.shared.seeds import seeds_button
from ui.text import paragraph, plain, t


def curves_view(rows: Sequence[RunRow]) -> None:
    metric = rows[0].metric
    name = f"{VALIDATION}{metric}"
    lines = [_line(group, name) for group in _groups(rows)]
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


def _groups(rows: Sequence[RunRow]) -> list[list[Run]]:
    """Each run, or all those with other seeds that have come to their end in its place."""
    known, groups = families(server().table.rows()), {}
    for row in rows:
        family = row.request.family if row.request else row.run.id
        done = [member.run for member in known.get(family, Family()).done]
        groups[family if row.run in done else row.run.id] = done if row.run in done else [row.run]
    return list(groups.values())


def seeds_view(rows: Sequence[RunRow]) -> None:
    """What the seed alone makes of each, and the button that finds it out."""
    known = families(server().table.rows())
    st.header(t("compare.seeds"), anchor=False, help=t("compare.seeds_help"))
    for name, row in {row.request.family: row for row in reversed(rows) if row.request}.items():
        family = known.get(name, Family())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_spread(row, family), width="stretch")
            if family.lacking:
                seeds_button(row.run, f"compare_repeat_{row.run.id}")


def _spread(row: RunRow, family: Family) -> str:
    """Mean and standard deviation of those that have come to their end, and how many have not."""
    name, done, total = plain(row_label(row)), len(family.done), len(family.rows)
    if total < 2:
        return t("compare.one_seed", name=name)
    still = t("compare.seeds_done", done=done, total=total) if done < total else ""
    if done < 2:
        return f"{name}: {still}"
    mean, spread = (plain(score(row.metric, value, row.unit)) for value in family.spread)
    return paragraph(t("compare.spread", name=name, mean=mean, spread=spread, count=done), still)
