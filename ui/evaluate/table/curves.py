"""What probabilities are worth: how well they rank, at every threshold, and whether they are what they claim."""

import numpy as np
import streamlit as st

from dl.evaluation.calibration import brier_score, calibration
from dl.evaluation.ranking import average_precision, precision_recall_curve, roc_area, roc_curve, thinned
from dl.evaluation.slices import class_probability
from dl.evaluation.thresholds import threshold_table
from ui.charts.evaluation import precision_recall_chart, reliability_chart, roc_chart
from ui.evaluate.table.answers import Answers
from ui.evaluate.table.decisions import positive_controls, threshold_in_url
from ui.format import number, percent
from ui.frame import is_dark
from ui.text import plain, t


def curves_view(answers: Answers) -> None:
    """Both with the threshold in force as a point; with rows of one class alone there is neither."""
    positive, threshold = positive_controls(answers), threshold_in_url()
    ranked, name = answers.ranking(positive), plain(answers.names[positive])
    if not ranked.positives or not ranked.negatives:
        st.info(t("answers.one_class"), icon=":material/info:")
        return
    at = threshold_table(ranked, threshold).iloc[0]
    found = float(at.true_positives / ranked.positives)
    said = float(at.true_positives + at.false_positives)
    left, right = st.columns(2, gap="large")
    with left:
        area = roc_area(ranked)
        facts = {"area": f"{area.value:.3f}", "low": f"{area.low:.3f}", "high": f"{area.high:.3f}"}
        st.header(t("answers.roc", **facts), anchor=False, help=t("answers.roc_help"))
        words = {name: t(f"answers.roc_{name}") for name in ("hover", "x_title", "y_title")}
        marked = (float(at.false_positives / ranked.negatives), found)
        figure = roc_chart(thinned(roc_curve(ranked)), marked, **words, dark=is_dark())
        st.plotly_chart(figure, theme=None, key="evaluate_roc", alt=t("answers.roc_alt", **facts))
        st.caption(t("answers.roc_caption", name=name, threshold=f"{threshold:.3f}", **facts))
    with right:
        base = ranked.positives / ranked.rows
        facts = {"area": f"{average_precision(ranked):.3f}", "base": percent(base)}
        st.header(t("answers.recall_curve", **facts), anchor=False, help=t("answers.recall_curve_help"))
        words = {name: t(f"answers.recall_curve_{name}") for name in ("hover", "x_title", "y_title")}
        marked_here = (found, float(at.true_positives) / said) if said else None
        figure = precision_recall_chart(
            thinned(precision_recall_curve(ranked)), base, marked_here, **words, dark=is_dark()
        )
        st.plotly_chart(figure, theme=None, key="evaluate_recall", alt=t("answers.recall_curve_alt", **facts))
        st.caption(t("answers.recall_curve_caption", name=name, **facts))


def calibration_view(answers: Answers) -> None:
    """Of two classes, of the one that one looks for; of many, whether the confidence in an answer is right."""
    if answers.task.outputs == 2:
        positive = positive_controls(answers)
        event, probability = answers.targets == positive, answers.probability(positive)
        kind, name = "event", answers.names[positive]
    else:
        event, probability = answers.targets == answers.predicted, class_probability(answers.outputs, answers.predicted)
        kind, name = "confidence", ""
    found, base = calibration(event, probability), float(np.mean(event))
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        words = {part: t(f"answers.calibration_{kind}_{part}", name=name) for part in ("x_title", "y_title")}
        figure = reliability_chart(found.bins, hover=t("answers.calibration_hover"), **words, dark=is_dark())
        alt = t("answers.calibration_alt", error=percent(found.error))
        st.plotly_chart(figure, theme=None, key="evaluate_calibration", alt=alt)
    with right:
        help = t("answers.calibration_error_help")
        st.metric(t("answers.calibration_error"), percent(found.error), help=help, width="content")
        _brier(brier_score(event, probability), base * (1 - base))
        distance = float(np.mean(probability) - base)
        text = "near" if abs(distance) < 0.01 else "high" if distance > 0 else "low"
        facts = {"claimed": percent(float(np.mean(probability))), "true": percent(base)}
        st.markdown(t(f"answers.calibration_{text}", **facts))
        st.caption(t("answers.calibration_caption"))


def _brier(score: float, guess: float) -> None:
    detail, help = t("answers.brier_detail", guess=number(guess)), t("answers.brier_help")
    st.metric(
        t("answers.brier"), number(score), detail, delta_color="off", delta_arrow="off", help=help, width="content"
    )
