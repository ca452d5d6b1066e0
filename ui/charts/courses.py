"""Learning curves of several runs over each other: training thin and light, validation bold, a band where there are
repetitions."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from ui.charts.palette import channels, empty_figure, run_color, training_color

HEIGHT = 340
BAND = 0.22  # its opacity
MOST_TICKS = 10  # beyond so many epochs plotly finds whole numbers by itself


@dataclass(frozen=True)
class Drawn:
    """One run, or several as one; `low` and `high` bound the band around `validation`."""

    label: str
    color_index: int
    epochs: ArrayLike
    training: ArrayLike
    validation: ArrayLike
    low: ArrayLike | None = None
    high: ArrayLike | None = None


def courses_figure(
    drawn: Sequence[Drawn],
    *,
    x_title: str,
    y_title: str,
    training: str,
    percent: bool = False,
    dark: bool = False,
) -> go.Figure:
    """A metric over epochs; `training` is what its line is called where one points, and the legend has validation."""
    figure = empty_figure(dark)
    for course in drawn:
        figure.add_traces(_traces(course, training, percent, dark))
    figure.update_layout(
        height=HEIGHT,
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 8, "r": 12, "t": 26, "b": 8},
    )
    longest = max((np.max(course.epochs, initial=0) for course in drawn), default=0)
    figure.update_xaxes(dtick=1 if longest <= MOST_TICKS else None)
    figure.update_xaxes(title_text=html.escape(x_title, quote=False), showgrid=False, showline=True, tickformat=",d")
    return figure.update_yaxes(
        title_text=html.escape(y_title, quote=False), tickformat=".1~%" if percent else "~g", nticks=6
    )


def _traces(course: Drawn, training: str, percent: bool, dark: bool) -> list[go.Scatter]:
    color, name = run_color(course.color_index, dark), html.escape(course.label, quote=False)
    thin = {"color": training_color(color, dark), "width": 1.2}
    lines = [
        _line(course, course.training, percent, line=thin, name=f"{name} · {training}", showlegend=False),
        _line(course, course.validation, percent, line={"color": color, "width": 3}, name=name),
    ]
    return [*_band(course, color), *lines]


def _line(course: Drawn, values: ArrayLike, percent: bool, **how: Any) -> go.Scatter:
    one_point = np.size(values) == 1
    return go.Scatter(
        x=course.epochs,
        y=values,
        mode="lines+markers" if one_point else "lines",
        legendgroup=course.label,
        hovertemplate=f"%{{fullData.name}}<br>%{{x:,d}}: <b>%{{y:{'.2%' if percent else ',.4~r'}}}</b><extra></extra>",
        **how,
    )


def _band(course: Drawn, color: str) -> list[go.Scatter]:
    if course.low is None or course.high is None:
        return []
    fill = f"rgba({','.join(map(str, channels(color)))},{BAND})"
    edge = {"x": course.epochs, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    edge |= {"legendgroup": course.label}
    return [go.Scatter(y=course.low, **edge), go.Scatter(y=course.high, fill="tonexty", fillcolor=fill, **edge)]
