"""Where predicted numbers are off: against the true ones, by the values of a column, and the worst rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dl.datasets.columns import Column, Number
from dl.evaluation.residuals import Residuals, residuals_by
from ui import state
from ui.charts.density import predicted_against_true
from ui.charts.groups import residual_bars
from ui.evaluate.table.answers import Answers, column_controls, kept_table, told_columns, values_of
from ui.evaluate.table.slices import bars_view, group_name, group_rows_view
from ui.frame import is_dark
from ui.text import paragraph, t

if TYPE_CHECKING:
    from dl.datasets.tables.table import Table

PREDICTION = "prediction"  # in the place of a field


def errors_view(answers: Answers) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _density(answers)
    with right:
        st.header(t("answers.residuals"), anchor=False, help=t("answers.residuals_help"))
        residuals = _residuals_view(answers)
    names, chosen, column, found = residuals
    group_rows_view(answers, names, chosen, found.groups.codes, column)


def _density(answers: Answers) -> None:
    name, unit = answers.dataset.target.name, answers.unit
    st.header(t("answers.density"), anchor=False, help=t("answers.density_help"))
    counted = answers.density
    words = {part: _axis(t(f"answers.density_{part}", name=name), unit) for part in ("x_title", "y_title")}
    figure = predicted_against_true(
        counted, count_title=t("answers.count"), hover=t("answers.density_hover"), **words, dark=is_dark()
    )
    st.plotly_chart(figure, theme=None, key="evaluate_density", alt=t("answers.density_alt", name=name))
    outside = t("answers.density_outside", count=counted.outside)
    st.caption(paragraph(t("answers.density_caption"), *([outside] if counted.outside else [])))


def _residuals_view(answers: Answers) -> tuple[list[str], int | None, Column, Residuals]:
    prediction = Number(name=t("answers.prediction"), field=PREDICTION, unit=answers.unit)
    table = kept_table(answers)
    columns = [*(told_columns(answers.dataset) if table else []), prediction]
    column = column_controls(columns, "evaluate_residuals_by", t("answers.residuals_by"))
    with st.spinner(t("answers.counting", rows=len(answers.targets))):
        found = _residuals(str(answers.run.folder), answers.stamp, column.field, answers, table, column)
    names = [group_name(group, column) for group in found.groups.groups]
    chosen = state.number_in_url("group", 0, len(names) - 1)
    title, hover = _axis(t("answers.error"), answers.unit), t("answers.residuals_hover")
    figure = residual_bars(names, found.table, chosen, title=title, hover=hover, dark=is_dark())
    bars_view(figure, "evaluate_residuals", t("answers.residuals_alt", column=column.name))
    st.caption(t("answers.residuals_caption"))
    return names, chosen, column, found


@st.cache_resource(max_entries=24, show_spinner=False)
def _residuals(
    run: str, stamp: object, field: str, _answers: Answers, _table: Table | None, _column: Column
) -> Residuals:
    is_own = field != PREDICTION and _table is not None
    values = values_of(_answers, _table, _column) if is_own else _answers.predicted  # type: ignore[arg-type]
    return residuals_by(values, _column.kind, _answers.targets, _answers.predicted)  # type: ignore[attr-defined]


def _axis(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit else title
