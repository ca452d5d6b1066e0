"""What the network takes from each column."""

import streamlit as st

from dl.runs.importance import read_importance
from ui.charts.groups import importance_bars
from ui.evaluate.table.answers import Answers
from ui.evaluate.table.slices import SHARES
from ui.format import is_share, metric_name, score
from ui.frame import is_dark
from ui.text import t


def importance_view(answers: Answers) -> None:
    found = read_importance(answers.run.folder)
    if found is None:
        return
    name = metric_name(found.metric)
    st.header(t("answers.importance"), anchor=False, help=t("answers.importance_help"))
    columns = found.columns
    figure = importance_bars(
        [column.column for column in columns],
        [column.drop for column in columns],
        [column.low for column in columns],
        [column.high for column in columns],
        title=t("answers.importance_drop", metric=name),
        hover=t("answers.importance_hover"),
        percent=is_share(found.metric) or found.metric in SHARES,
        dark=is_dark(),
    )
    st.plotly_chart(
        figure,
        theme=None,
        key="evaluate_importance",
        config={"displayModeBar": False},
        alt=t("answers.importance_alt", column=columns[0].column if columns else ""),
    )
    facts = {"rows": found.rows, "repeats": found.repeats, "metric": name, "score": score(found.metric, found.score)}
    st.caption(t("answers.importance_caption", **facts))
