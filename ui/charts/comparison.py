"""Curves of several runs over each other, and the difference of two confusion matrices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ui.charts.palette import empty_figure, palette, run_color

HEIGHT = 340
MOST_TICKS = 20  # of whole epochs
MOST_NUMBERED = 20  # classes whose cells have room for a number


@dataclass(frozen=True)
class Line:
    """A run's metric by epochs; with `low` and `high`, the band around a mean of several."""

    label: str
    color_index: int
    values: Mapping[int, float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def run_curves(lines: Sequence[Line], *, x_title: str, y_title: str, percent: bool, dark: bool = False) -> go.Figure:
    figure = empty_figure(dark)
    for line in lines:
        epochs, color = list(line.values), run_color(line.color_index, dark)
        if line.low:
            _band(figure, epochs, line, color)
        figure.add_scatter(
            x=epochs,
            y=list(line.values.values()),
            name=line.label,
            mode="lines+markers",
            line={"color": color, "width": 2.5},
            marker={"size": 5},
        )
    figure.update_layout(
        height=HEIGHT, margin={"l": 8, "r": 12, "t": 12, "b": 8}, legend={"orientation": "h", "y": 1.15}
    )
    longest = max((max(line.values) for line in lines), default=0)
    figure.update_xaxes(title=x_title, dtick=1 if longest <= MOST_TICKS else None)
    figure.update_yaxes(title=y_title, tickformat=".1%" if percent else None)
    return figure


def _band(figure: go.Figure, epochs: Sequence[int], line: Line, color: str) -> None:
    figure.add_scatter(
        x=[*epochs, *reversed(epochs)],
        y=[*line.high, *reversed(line.low)],
        fill="toself",
        fillcolor=color,
        opacity=0.2,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def matrix_difference(
    difference: NDArray[np.int64], names: Sequence[str], *, x_title: str, y_title: str, hover: str, dark: bool = False
) -> go.Figure:
    """How many more rows of each cell the first network has; `hover` says %{y}, %{x} and %{customdata}.

    In the primary colour where that speaks for it: more right answers, or fewer of a mistake.
    """
    colors, most = palette(dark), max(1, int(np.abs(difference).max()))
    in_favour = np.where(np.eye(len(names), dtype=bool), difference, -difference)
    scale = [[place / (len(colors.diverging) - 1), color] for place, color in enumerate(colors.diverging)]
    figure = empty_figure(dark)
    figure.add_heatmap(
        z=in_favour,
        customdata=difference,
        x=list(names),
        y=list(names),
        zmin=-most,
        zmax=most,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        text=_signed(difference) if len(names) <= MOST_NUMBERED else None,
        texttemplate="%{text}" if len(names) <= MOST_NUMBERED else None,
        hovertemplate=f"{hover}<extra></extra>",
    )
    figure.update_layout(height=440, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_xaxes(title=x_title, type="category", side="top", showgrid=False)
    figure.update_yaxes(title=y_title, type="category", autorange="reversed", showgrid=False)
    return figure


def _signed(difference: NDArray[np.int64]) -> list[list[str]]:
    """Zero is empty."""
    return [[f"{value:+d}".replace("-", "−") if value else "" for value in row] for row in difference.tolist()]
