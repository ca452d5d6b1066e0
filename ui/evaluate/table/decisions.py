"""Right and wrong decisions: from which probability on one says yes, what that costs, and the rows in every cell."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dl.evaluation.thresholds import GRID, Costs, best_threshold, threshold_table
from ui import state
from ui.charts.evaluation import cost_curve
from ui.evaluate.scores import cell_heading, matrix_controls, scores_view
from ui.evaluate.table.answers import Answers
from ui.evaluate.table.rows import rows_view
from ui.format import number, percent
from ui.frame import is_dark
from ui.text import paragraph, plain, t

MOST = 1e6  # of a cost
KINDS = ("false_positive", "false_negative")


def decisions_view(answers: Answers) -> None:
    """Two classes: the threshold moves the matrix, the costs, and the rows below."""
    matrix, right = st.columns([5, 6], gap="large")
    with right:
        positive = positive_controls(answers)
        costs = _cost_controls(answers, positive)
        table = threshold_table(answers.ranking(positive), GRID, costs)
        best = best_threshold(table)
        threshold = _threshold_controls(best)
        _cost_sentence(table, threshold, best, costs)
        figure = cost_curve(
            table,
            threshold,
            best,
            x_title=t("answers.threshold"),
            y_title=t("answers.cost"),
            hover=t("answers.cost_hover"),
            dark=is_dark(),
        )
        st.plotly_chart(
            figure, theme=None, key="evaluate_costs", config={"displayModeBar": False}, alt=t("answers.costs_alt")
        )
    found = answers.probability(positive) >= threshold
    predicted = np.where(found, positive, 1 - positive)
    with matrix:
        cell = matrix_controls(answers.evaluation(predicted), words="answers")
    _cell_rows(answers, cell, predicted, f"{positive}_{threshold}")


def matrix_view(answers: Answers) -> None:
    """Many classes: the greatest probability decides."""
    found = answers.evaluation()
    matrix, scores = st.columns([5, 6], gap="large")
    with matrix:
        cell = matrix_controls(found, words="answers")
    with scores:
        st.header(t("evaluate.scores"), anchor=False, help=t("evaluate.scores_help"))
        scores_view(found, "answers")
    _cell_rows(answers, cell, answers.predicted, "")


def positive_controls(answers: Answers) -> int:
    """The class that one looks for, in the URL as `?positive=0`; of itself the second one, which is the rarer."""
    index = state.number_in_url("positive", 0, 1)
    names = answers.names
    st.session_state["evaluate_positive"] = 1 if index is None else index
    st.segmented_control(
        t("answers.positive"),
        [0, 1],
        required=True,
        format_func=lambda place: plain(names[place]),
        key="evaluate_positive",
        on_change=lambda: state.put_in_url("positive", 0 if st.session_state["evaluate_positive"] == 0 else None),
        help=t("answers.positive_help"),
    )
    return int(st.session_state["evaluate_positive"])


def threshold_in_url() -> float:
    return round(state.decimal_in_url("threshold", 0, 1, 0.5), 3)


def _cost_controls(answers: Answers, positive: int) -> Costs:
    name = plain(answers.names[positive])
    with st.container(horizontal=True):
        for kind in KINDS:
            key = f"evaluate_{kind}"
            st.session_state[key] = state.decimal_in_url(kind, 0, MOST, 1.0)
            st.number_input(
                t(f"answers.{kind}"),
                0.0,
                MOST,
                step=1.0,
                format="%g",
                key=key,
                on_change=_keep_number,
                args=(kind,),
                help=t(f"answers.{kind}_help", name=name),
            )
    return Costs(*(float(st.session_state[f"evaluate_{kind}"]) for kind in KINDS))


def _threshold_controls(best: float) -> float:
    st.session_state["evaluate_threshold"] = threshold_in_url()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(
            t("answers.threshold"),
            0.0,
            1.0,
            step=0.001,
            format="%.3f",
            key="evaluate_threshold",
            on_change=_keep_number,
            args=("threshold",),
            help=t("answers.threshold_help"),
            width="stretch",
        )
        st.button(
            t("answers.use_best", best=f"{best:.3f}"),
            key="evaluate_best",
            icon=":material/savings:",
            on_click=_use,
            args=(best,),
            disabled=st.session_state["evaluate_threshold"] == best,
            help=t("answers.use_best_help"),
        )
    return round(float(st.session_state["evaluate_threshold"]), 3)


def _cost_sentence(table: pd.DataFrame, threshold: float, best: float, costs: Costs) -> None:
    at = table.set_index("threshold")
    now, least = (at.loc[line].to_dict() for line in (threshold, best))
    facts = {
        "threshold": f"{threshold:.3f}",
        "alarms": int(now["false_positives"]),
        "misses": int(now["false_negatives"]),
        "cost": number(now["cost"]),
    }
    said = int(now["true_positives"] + now["false_positives"])
    hits = {
        "precision": percent(now["true_positives"] / said if said else None),
        "recall": percent(now["true_positives"] / max(now["true_positives"] + now["false_negatives"], 1)),
    }
    text = "cost_least" if now["cost"] == least["cost"] else "cost_less"
    least_facts = {"best": f"{best:.3f}", "least": number(least["cost"])}
    theory = t("answers.cost_theory", threshold=f"{costs.threshold:.3f}")
    told = paragraph(t("answers.cost_now", **facts), t(f"answers.{text}", **least_facts), t("answers.found", **hits))
    st.markdown(told, help=theory)


def _cell_rows(answers: Answers, cell: tuple[int, int] | None, predicted: NDArray[np.int64], key: str) -> None:
    """Those of the chosen cell, or all mistakes."""
    if cell is None:
        wrong = np.flatnonzero(predicted != answers.targets)
        st.header(t("answers.mistakes", count=len(wrong)), anchor=False, help=t("answers.mistakes_help"))
        rows_view(answers, wrong, f"{answers.run.id}_{key}", predicted)
        return
    members = np.flatnonzero((answers.targets == cell[0]) & (predicted == cell[1]))
    true, said = (plain(answers.names[index]) for index in cell)
    kind = "right" if cell[0] == cell[1] else "wrong"
    cell_heading(t(f"answers.cell_{kind}", true=true, predicted=said, count=len(members)), answers.run)
    rows_view(answers, members, f"{answers.run.id}_{cell}_{key}", predicted)


def _keep_number(name: str) -> None:
    state.put_in_url(name, f"{st.session_state[f'evaluate_{name}']:g}")
    state.put_in_url("page", None)


def _use(threshold: float) -> None:
    state.put_in_url("threshold", f"{threshold:g}")
