"""How good probabilities are: ROC, precision against recall, what a threshold costs, and calibration."""

import html
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dl.evaluation.ranking import Curve
from ui.charts.palette import empty_figure, mix, palette

HEIGHT = 340
MARGIN = {"l": 8, "r": 12, "t": 12, "b": 8}


def roc_chart(
    curve: Curve, at: tuple[float, float] | None = None, *, x_title: str, y_title: str, hover: str, dark: bool = False
) -> go.Figure:
    """`at` is the threshold in force; the dotted line is what guessing reaches.

    `hover` says %{customdata}, the threshold, %{x} and %{y}.
    """
    figure = _shares(x_title, y_title, dark)
    _guess(figure, [0, 1], [0, 1], dark)
    _curve(figure, curve, hover, dark)
    return _marked(figure, at, dark)


def precision_recall_chart(
    curve: Curve,
    base_rate: float,
    at: tuple[float, float] | None = None,
    *,
    x_title: str,
    y_title: str,
    hover: str,
    dark: bool = False,
) -> go.Figure:
    """In steps, since between two thresholds there is none; guessing has the precision of the base rate."""
    figure = _shares(x_title, y_title, dark)
    _guess(figure, [0, 1], [base_rate, base_rate], dark)
    _curve(figure, curve, hover, dark, shape="vh")
    return _marked(figure, at, dark)


def cost_curve(
    table: pd.DataFrame, at: float, best: float, *, x_title: str, y_title: str, hover: str, dark: bool = False
) -> go.Figure:
    """What all mistakes cost at each threshold of a `threshold_table`; the one in force, and a diamond at the best."""
    colors, figure = palette(dark), empty_figure(dark)
    costs = table.set_index("threshold")["cost"]
    line = {"color": colors.primary, "width": 2.5}
    figure.add_scatter(
        x=costs.index, y=costs.to_numpy(), mode="lines", line=line, hovertemplate=f"{hover}<extra></extra>"
    )
    figure.add_vline(at, line={"color": colors.muted, "width": 1.5, "dash": "dot"})
    marker = {"symbol": "diamond", "size": 12, "color": colors.right, "line": {"width": 2, "color": colors.background}}
    figure.add_scatter(x=[best], y=[costs.loc[best]], mode="markers", marker=marker, hoverinfo="skip")
    figure.update_layout(height=200, showlegend=False, margin=MARGIN)
    figure.update_xaxes(title_text=x_title, range=[0, 1], showgrid=False, nticks=6, fixedrange=True)
    figure.update_yaxes(title_text=y_title, rangemode="tozero", nticks=4, tickformat=",~s", fixedrange=True)
    return figure


def reliability_chart(bins: pd.DataFrame, *, x_title: str, y_title: str, hover: str, dark: bool = False) -> go.Figure:
    """The `bins` of a calibration with their intervals; on the dotted line probabilities are what they claim to be.

    The more rows a bin has, the larger its point. `hover` says %{x}, %{y} and the rows, %{customdata}.
    """
    colors, figure = palette(dark), _shares(x_title, y_title, dark)
    _guess(figure, [0, 1], [0, 1], dark)
    rows = bins["rows"].to_numpy()
    figure.add_scatter(
        x=bins["predicted"],
        y=bins["observed"],
        mode="lines+markers",
        customdata=rows,
        line={"color": mix(colors.primary, colors.background, 0.5), "width": 1.5},
        marker={"color": colors.primary, "opacity": 1, "size": 7 + 13 * np.sqrt(rows / max(rows.max(initial=1), 1))},
        error_y=whiskers(bins["observed"], bins["observed_low"], bins["observed_high"], colors.text),
        hovertemplate=f"{hover}<extra></extra>",
    )
    return figure


def whiskers(values: Any, low: Any, high: Any, color: str) -> dict[str, Any]:
    """From an interval, as Plotly wants it: how far it reaches beyond the value."""
    up, down = np.nan_to_num(high - np.asarray(values)), np.nan_to_num(np.asarray(values) - low)
    return {"array": up, "arrayminus": down, "color": color, "thickness": 1.5, "width": 4}


def _shares(x_title: str, y_title: str, dark: bool) -> go.Figure:
    x_title, y_title = (html.escape(title, quote=False) for title in (x_title, y_title))
    figure = empty_figure(dark).update_layout(height=HEIGHT, showlegend=False, margin=MARGIN)
    figure.update_xaxes(
        title_text=x_title,
        range=[-0.02, 1.02],
        tickformat=".0%",
        dtick=0.2,
        constrain="domain",
    )
    figure.update_yaxes(title_text=y_title, range=[-0.02, 1.04], tickformat=".0%", dtick=0.2)
    return figure


def _guess(figure: go.Figure, x: list[float], y: list[float], dark: bool) -> None:
    line = {"color": palette(dark).muted, "width": 1.5, "dash": "dot"}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _curve(figure: go.Figure, curve: Curve, hover: str, dark: bool, **shape: str) -> None:
    thresholds = np.where(np.isfinite(curve.thresholds), curve.thresholds, 1)
    line = {"color": palette(dark).primary, "width": 2.5, **shape}
    how = {"mode": "lines", "line": line, "customdata": thresholds, "hovertemplate": f"{hover}<extra></extra>"}
    figure.add_scatter(x=curve.x, y=curve.y, **how)


def _marked(figure: go.Figure, at: tuple[float, float] | None, dark: bool) -> go.Figure:
    if at:
        colors = palette(dark)
        marker = {"size": 13, "color": colors.caution, "line": {"width": 2, "color": colors.background}}
        figure.add_scatter(x=[at[0]], y=[at[1]], mode="markers", marker=marker, hoverinfo="skip")
    return figure
