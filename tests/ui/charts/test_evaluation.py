"""The curves that are drawn are those that were computed."""

import numpy as np

from dl.evaluation.calibration import calibration
from dl.evaluation.ranking import precision_recall_curve, ranking, roc_curve
from dl.evaluation.thresholds import threshold_table
from ui.charts.evaluation import cost_curve, precision_recall_chart, reliability_chart, roc_chart, whiskers
from ui.charts.palette import palette

POSITIVE = np.array([False, True, False, True, True])
SCORES = np.array([0.1, 0.35, 0.4, 0.8, 0.9])
WORDS = {"x_title": "x", "y_title": "y", "hover": "%{x}"}


def test_roc_shows_the_curve_over_what_guessing_reaches_and_the_threshold_in_force() -> None:
    curve = roc_curve(ranking(POSITIVE, SCORES))
    guess, drawn, mark = roc_chart(curve, (0.5, 0.6), **WORDS).data
    assert [*guess.x] == [*guess.y] == [0, 1] and guess.line.dash == "dot"
    assert [*drawn.x] == curve.x.tolist() and [*drawn.y] == curve.y.tolist()
    assert drawn.customdata[0] == 1 and drawn.customdata[1] == 0.9
    assert (mark.x[0], mark.y[0]) == (0.5, 0.6)
    assert len(roc_chart(curve, **WORDS).data) == 2


def test_precision_is_drawn_in_steps_over_the_base_rate() -> None:
    guess, drawn = precision_recall_chart(precision_recall_curve(ranking(POSITIVE, SCORES)), 0.6, **WORDS).data
    assert [*guess.y] == [0.6, 0.6] and drawn.line.shape == "vh"


def test_cost_curve_marks_the_best_threshold() -> None:
    table = threshold_table(ranking(POSITIVE, SCORES), [0, 0.35, 0.5, 1])
    drawn, best = cost_curve(table, 0.5, 0.35, **WORDS).data
    assert [*drawn.y] == [2, 1, 1, 3] and (best.x[0], best.y[0]) == (0.35, 1)


def test_reliability_has_a_larger_point_for_more_rows() -> None:
    bins = calibration(POSITIVE, np.array([0.1, 0.35, 0.32, 0.8, 0.9])).bins
    points = reliability_chart(bins, **WORDS, dark=True).data[1]
    assert points.customdata.tolist() == [1, 2, 1, 1] and points.marker.size.argmax() == 1
    assert points.marker.color == palette(True).primary
    assert (points.error_y.array >= 0).all()


def test_whiskers_of_what_is_not_known_have_no_length() -> None:
    found = whiskers(np.array([1.0, 2]), np.array([0.5, np.nan]), np.array([1.25, np.nan]), "#000000")
    assert (found["array"].tolist(), found["arrayminus"].tolist()) == ([0.25, 0], [0.5, 0])


def test_names_in_titles_are_text() -> None:
    words = WORDS | {"x_title": "share of “<b>a</b>”", "y_title": ">50K"}
    layout = reliability_chart(calibration(POSITIVE, SCORES).bins, **words).layout
    assert layout.xaxis.title.text == "share of “&lt;b&gt;a&lt;/b&gt;”" and layout.yaxis.title.text == "&gt;50K"
