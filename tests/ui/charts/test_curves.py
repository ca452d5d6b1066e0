"""Learning curves: one hue a run, the right line bold, and each trace named for what belongs into it."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest

from ui.charts.curves import Curve, Look, empty_range, learning_curves, learning_curves_json, rate_change
from ui.charts.palette import palette, run_color, training_color

CURVES = (Curve("1", "#1 training", 2), Curve("1", "#1 validation", 2, "validation", per_epoch=True))


def draw(curves: tuple[Curve, ...] = CURVES, **look: Any) -> go.Figure:
    return learning_curves(curves, Look(**({"x_title": "step", "y_title": "loss"} | look)))


def test_training_is_thin_and_validation_bold_in_the_same_hue() -> None:
    training, validation, _ = draw().data
    assert training.line.color == training_color(run_color(2, False), False)
    assert validation.line.color == run_color(2, False)
    assert training.line.width < validation.line.width
    assert (training.mode, validation.mode) == ("lines", "lines+markers")


def test_lines_keep_their_identity_when_others_come_and_go() -> None:
    both = {trace.name: trace.uid for trace in draw().data}
    alone = {trace.name: trace.uid for trace in draw(CURVES[1:]).data}
    assert alone["#1 validation"] == both["#1 validation"] == "1-validation"
    assert len(set(both.values())) == 3
    assert draw(uirevision="run-7").layout.uirevision == "run-7"


def test_smoothing_leaves_a_shadow_for_the_raw_values_behind() -> None:
    shadow, training, validation, saved = draw(smoothing=0.9).data
    assert [trace.uid for trace in (shadow, training, saved)] == ["1-training-raw", "1-training", "saved"]
    assert training.meta == "smoothing 0.9"
    assert (shadow.showlegend, shadow.hoverinfo) == (False, "skip")
    assert shadow.legendgroup == training.legendgroup != validation.legendgroup


def test_means_of_epochs_are_not_smoothed() -> None:
    per_epoch = Curve("1", "training", per_epoch=True)
    assert [trace.uid for trace in draw((per_epoch,), smoothing=0.9).data] == ["1-training", "saved"]


def test_logarithmic_axis_is_one() -> None:
    assert draw(log_y=True).layout.yaxis.type == "log"


def test_accuracy_is_shown_in_per_cent_and_stays_within_0_and_1() -> None:
    axis = draw(percent=True).layout.yaxis
    assert axis.tickformat == ".0%"
    assert (axis.autorangeoptions.minallowed, axis.autorangeoptions.maxallowed) == (0, 1.03)
    assert (empty_range(percent=True), empty_range(percent=False)) == ((0, 1.03), (0, 2.5))


def test_names_are_text_when_they_look_like_html() -> None:
    assert draw((Curve("1", "<a href='x'>run</a>"),)).data[0].name.startswith("&lt;a")


@pytest.mark.parametrize("dark", [False, True])
def test_baseline_is_dashed_in_no_runs_colour_and_written_at_the_side_of_the_curves(dark: bool) -> None:
    line = draw(baseline="mean guess: {score} <i>", dark=dark).data[-2]
    assert (line.uid, line.line.dash, line.textposition) == ("baseline", "dash", "bottom left")
    assert line.line.color == line.textfont.color == palette(dark).muted
    assert line.name == "mean guess: {score} &lt;i&gt;" and not line.showlegend
    assert draw(baseline="x", more_is_better=True).data[-2].textposition == "top left"


def test_figure_that_is_sent_keeps_what_its_traces_are_called() -> None:
    sent = json.loads(learning_curves_json(CURVES, Look("step", "loss")))
    assert [trace["uid"] for trace in sent["data"]] == ["1-training", "1-validation", "saved"]
    go.Figure(sent)


def test_template_is_our_own() -> None:
    assert draw(dark=True).layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"


@pytest.mark.parametrize("dark", [False, True])
def test_new_learning_rate_is_a_dashed_line_with_words(dark: bool) -> None:
    mark = rate_change(dark)
    assert mark["shape"]["line"]["dash"] == "dash" and mark["annotation"]["showarrow"] is False
