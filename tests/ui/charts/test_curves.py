"""Learning curves: one hue a run, the right line bold, and what the user did is kept."""

import base64
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from ui.charts.curves import Curve, learning_curves
from ui.charts.palette import run_color, training_color

STEPS = np.arange(500)
FALLING = np.exp(-STEPS / 100) + np.random.default_rng(0).normal(0, 0.02, 500)


def curves() -> list[Curve]:
    return [
        Curve("#1 training", STEPS, FALLING, 2),
        Curve("#1 validation", STEPS[::100], FALLING[::100], 2, "validation", per_epoch=True),
    ]


def draw(**changes: Any) -> go.Figure:
    return learning_curves(changes.pop("curves", curves()), **({"x_title": "step", "y_title": "loss"} | changes))


def test_training_is_thin_and_validation_bold_in_the_same_hue() -> None:
    training, validation = draw().data
    assert training.line.color == training_color(run_color(2, False), False)
    assert validation.line.color == run_color(2, False)
    assert training.line.width < validation.line.width
    assert (training.mode, validation.mode) == ("lines", "lines+markers")


def test_lines_keep_their_identity_when_others_come_and_go() -> None:
    both = {trace.name: trace.uid for trace in draw().data}
    alone = {trace.name: trace.uid for trace in draw(curves=curves()[1:]).data}
    assert alone["#1 validation"] == both["#1 validation"]
    assert len(set(both.values())) == 2
    assert draw(uirevision="run-7").layout.uirevision == "run-7"


def test_smoothing_leaves_the_raw_values_as_a_shadow_behind() -> None:
    wave = Curve("#1 training", STEPS, FALLING, 2, smooth=(STEPS[::10], np.exp(-STEPS[::10] / 100)))
    shadow, training, validation = draw(curves=[wave, curves()[1]], smoothing=0.9).data
    np.testing.assert_array_equal(shadow.y, FALLING)
    np.testing.assert_array_equal(validation.y, FALLING[::100])
    np.testing.assert_array_equal(training.x, STEPS[::10])
    np.testing.assert_array_equal(training.y, np.exp(-STEPS[::10] / 100))
    assert training.meta == "smoothing 0.9"
    assert (shadow.showlegend, shadow.hoverinfo) == (False, "skip")
    assert shadow.legendgroup == training.legendgroup != validation.legendgroup


def test_logarithmic_axis_has_ticks_across_the_values() -> None:
    axis = draw(log_y=True).layout.yaxis
    assert axis.type == "log"
    assert {0.01, 0.1, 1.0} <= {round(float(tick), 6) for tick in axis.tickvals}


@pytest.mark.parametrize("values", [np.zeros(3), np.full(3, np.nan), np.array([])])
def test_logarithmic_axis_is_drawn_when_no_value_is_positive(values: Any) -> None:
    assert draw(curves=[Curve("a", np.arange(len(values)), values)], log_y=True).layout.yaxis.type == "log"


def test_accuracy_is_shown_in_per_cent_and_stays_within_0_and_1() -> None:
    axis = draw(percent=True).layout.yaxis
    assert axis.tickformat == ".0%"
    assert (axis.autorangeoptions.minallowed, axis.autorangeoptions.maxallowed) == (0, 1)


def test_lines_are_sent_as_numbers() -> None:
    steps = np.arange(2000)
    figure = draw(curves=[Curve("long", steps, np.sin(steps).astype("f4"))])
    sent = json.loads(figure.to_json())["data"][0]["y"]
    assert sent["dtype"] == "f4" and len(base64.b64decode(sent["bdata"])) <= 8000


def test_names_are_text_when_they_look_like_html() -> None:
    assert draw(curves=[Curve("<a href='x'>run</a>", STEPS, FALLING)]).data[0].name.startswith("&lt;a")


def test_figure_is_drawn_when_there_is_nothing_yet() -> None:
    assert len(draw(curves=[]).data) == 0


def test_template_is_our_own() -> None:
    assert draw(dark=True).layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"


@pytest.mark.parametrize(("percent", "expected"), [(True, (0, 1)), (False, (0, 2.5))])
def test_axis_has_a_sensible_range_before_the_first_point(percent: bool, expected: tuple[float, float]) -> None:
    nothing = np.array([])
    assert draw(curves=[Curve("a", nothing, nothing)], percent=percent).layout.yaxis.range == expected
