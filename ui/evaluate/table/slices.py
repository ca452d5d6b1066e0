"""Where the network is better or worse: its scores for every level or range of a column, and the rows behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dl.datasets.columns import Column
from dl.evaluation.groups import Group
from dl.evaluation.slices import LOWER_IS_BETTER, Slices, slices, worst_slice
from ui import state
from ui.charts.groups import score_bars
from ui.evaluate.table.answers import Answers, column_controls, forget_place, kept_table, told_columns, values_of
from ui.evaluate.table.rows import rows_view
from ui.format import number, percent
from ui.frame import is_dark
from ui.text import plain, t

if TYPE_CHECKING:
    from dl.datasets.tables.table import Table

SHARES = ("accuracy", "precision", "recall")


def slices_view(answers: Answers) -> None:
    if (table := kept_table(answers)) is None:
        return
    with st.container(horizontal=True):
        column = column_controls(told_columns(answers.dataset), "evaluate_slice", t("answers.slice_by"))
        score = _score_controls(answers)
    with st.spinner(t("answers.counting", rows=len(answers.targets))):
        found = _slices(str(answers.run.folder), answers.stamp, column.field, answers, table, column)
    names = [group_name(group, column) for group in found.groups.groups]
    overall = answers.scores[score].value
    chosen = state.number_in_url("group", 0, len(names) - 1)
    figure = score_bars(
        names,
        found.scores,
        score,
        overall,
        chosen,
        title=score_title(score, answers.unit),
        hover=t("answers.slice_hover_share" if score in SHARES else "answers.slice_hover"),
        percent=score in SHARES,
        dark=is_dark(),
    )
    bars_view(figure, "evaluate_slices", t("answers.slices_alt", score=t(f"answers.{score}"), column=column.name))
    st.caption(_finding(found, names, score, overall, column))
    group_rows_view(answers, names, chosen, found.groups.codes, column)


def group_rows_view(answers: Answers, names: list[str], chosen: int | None, codes: np.ndarray, column: Column) -> None:
    """The rows of the chosen bar, else the worst of all."""
    if chosen is None:
        st.header(t("answers.worst"), anchor=False, help=t("answers.worst_help"))
        rows_view(answers, np.arange(len(answers.targets)), f"{answers.run.id}_all")
        return
    rows = np.flatnonzero(codes == chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        title = t("answers.group_rows", column=plain(column.name), group=plain(names[chosen]), count=len(rows))
        st.header(title, anchor=False, width="stretch")
        label = t("answers.close_group")
        st.button(label, icon=":material/close:", type="tertiary", key="evaluate_close_group", on_click=forget_place)
    rows_view(answers, rows, f"{answers.run.id}_{column.field}_{chosen}")


def bars_view(figure: object, key: str, alt: str) -> None:
    """Bars of which one can be chosen; the chosen one is in the URL as `?group=2`."""
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        on_select=lambda: _bar_clicked(key),
        selection_mode="points",
        config={"displayModeBar": False},
        alt=alt,
    )


def group_name(group: Group, column: Column) -> str:
    """In the reader's language; what stands in the data is not yet safe for Markdown."""
    if group.kind == "range":
        low, high = (_shown(value) for value in (group.low, group.high))
        return low if low == high else f"{low} – {high}"
    if group.kind == "level":
        return group.level or t("answers.empty_level")
    return t(f"answers.{group.kind}", count=group.others)


def score_title(score: str, unit: str) -> str:
    """For an axis."""
    own = unit and score.endswith("error")
    return f"{t(f'answers.{score}')} ({unit})" if own else t(f"answers.{score}")


@st.cache_resource(max_entries=24, show_spinner=False)
def _slices(run: str, stamp: object, field: str, _answers: Answers, _table: Table, _column: Column) -> Slices:
    values = values_of(_answers, _table, _column)
    return slices(values, _column.kind, _answers.targets, _answers.outputs, _answers.task)  # type: ignore[attr-defined]


def _score_controls(answers: Answers) -> str:
    names = list(answers.scores)
    wanted = st.query_params.get("score", "")
    st.session_state["evaluate_score"] = wanted if wanted in names else names[0]
    st.selectbox(
        t("answers.score"),
        names,
        format_func=lambda name: t(f"answers.{name}"),
        key="evaluate_score",
        on_change=lambda: state.put_in_url("score", st.session_state["evaluate_score"]),
    )
    return str(st.session_state["evaluate_score"])


def _finding(found: Slices, names: list[str], score: str, overall: float, column: Column) -> str:
    """The slice that is clearly worse than the whole, by most; or that there is none."""
    scores, place = found.scores, None
    if score != "mean_error":  # too high is not worse than too low
        place = worst_slice(scores, score, overall, lower_is_better=score in LOWER_IS_BETTER)
    if place is None:
        return t("answers.slice_even")
    say = percent if score in SHARES else number
    facts = {"group": plain(names[place]), "column": plain(column.name), "score": t(f"answers.{score}")}
    values = {
        part: say(float(scores[f"{score}{end}"][place]))
        for part, end in (("value", ""), ("low", "_low"), ("high", "_high"))
    }
    return t("answers.slice_worst", **facts, **values, overall=say(overall), rows=int(scores["rows"][place]))


def _shown(value: object) -> str:
    if isinstance(value, np.datetime64):
        day, second = value.astype("datetime64[D]"), value.astype("datetime64[m]")
        return str(day) if day == value else str(second).replace("T", " ")
    return number(float(value), 5)  # type: ignore[arg-type]


def _bar_clicked(key: str) -> None:
    """A click on the chosen bar gives it free again."""
    if points := st.session_state[key]["selection"]["points"]:
        place = int(points[0]["point_index"])
        state.put_in_url("group", None if state.number_in_url("group", 0, place) == place else place)
        state.put_in_url("page", None)
