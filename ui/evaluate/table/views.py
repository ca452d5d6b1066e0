"""One view at a time, chosen in a row and kept in the URL: what the task of a run on a table has to show."""

from collections.abc import Callable

import streamlit as st

from ui import state
from ui.evaluate.scores import scores_view
from ui.evaluate.table.answers import Answers, forget_place, kept_table, missing_table_view
from ui.evaluate.table.curves import calibration_view, curves_view
from ui.evaluate.table.decisions import decisions_view, matrix_view
from ui.evaluate.table.errors import errors_view
from ui.evaluate.table.importance import has_importance, importance_view
from ui.evaluate.table.slices import slices_view
from ui.shared.switches import switch
from ui.text import t

View = Callable[[Answers], None]
OF_ROWS = ("decisions", "matrix", "errors", "slices")  # show rows of the table


def table_views(answers: Answers) -> None:
    views = _views(answers)
    with st.container(key="evaluate_views"):
        name = _view_controls(list(views))
    if name in OF_ROWS and kept_table(answers) is None:
        missing_table_view(answers)
    views[name](answers)


def _views(answers: Answers) -> dict[str, View]:
    """The answer to the page's question first."""
    if not answers.of_classes:
        views: dict[str, View] = {"errors": errors_view, "slices": slices_view}
    elif answers.task.outputs == 2:
        views = {"decisions": decisions_view, "slices": slices_view, "curves": curves_view}
        views |= {"calibration": calibration_view, "classes": lambda known: scores_view(known.evaluation(), "answers")}
    else:
        views = {"matrix": matrix_view, "slices": slices_view, "calibration": calibration_view}
    if has_importance(answers):
        views["importance"] = importance_view
    return views


def _view_controls(names: list[str]) -> str:
    wanted = st.query_params.get("view", "")
    return switch(
        t("answers.view"), names, wanted, lambda name: t(f"answers.view_{name}"), key="evaluate_view", on_change=_choose
    )


def _choose() -> None:
    state.put_in_url("view", st.session_state["evaluate_view"])
    forget_place()
