"""Bars for each group of rows, or each column, one below the other: a click gives its place as `point_index`."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from ui.charts.evaluation import whiskers
from ui.charts.palette import Palette, empty_figure, mix, palette

BAR_HEIGHT = 30
LONGEST = 26  # characters of a name


def score_bars(
    names: Sequence[str],
    scores: pd.DataFrame,
    score: str,
    overall: float,
    selected: int | None = None,
    *,
    title: str,
    hover: str,
    percent: bool = False,
    dark: bool = False,
) -> go.Figure:
    """The `score` of each slice with its interval; the dotted line is that of all rows together.

    `hover` says %{x}, %{hovertext} and the rows, %{customdata}.
    """
    colors, values = palette(dark), scores[score]
    bars = _bars(names, values, scores["rows"], selected, hover, colors)
    bars.error_x = whiskers(values, scores[f"{score}_low"], scores[f"{score}_high"], colors.text)
    figure = _stacked(empty_figure(dark).add_trace(bars), names)
    figure.add_vline(overall, line={"color": colors.muted, "width": 1.5, "dash": "dot"})
    figure.update_xaxes(title_text=html.escape(title, quote=False), rangemode="tozero", nticks=6, fixedrange=True)
    return figure.update_xaxes(tickformat=".0%" if percent else "~g")


def residual_bars(
    names: Sequence[str],
    table: pd.DataFrame,
    selected: int | None = None,
    *,
    title: str,
    hover: str,
    dark: bool = False,
) -> go.Figure:
    """Of each line of a table of residuals the middle half as a bar, eight tenths as a thin line, and the mean with its
    interval as a point; no error is the line in the middle.
    """
    colors = palette(dark)
    bars = _bars(names, table["q75"] - table["q25"], table["rows"], selected, hover, colors)
    bars.update(base=table["q25"], customdata=table[["rows", "mean", "low", "high"]].to_numpy())
    bars.error_x = None
    figure = empty_figure(dark).add_trace(_tails(table, colors)).add_trace(bars)
    marker = {"size": 9, "color": colors.text, "line": {"width": 1.5, "color": colors.background}}
    figure.add_scatter(x=table["mean"], y=np.arange(len(table)), mode="markers", marker=marker, hoverinfo="skip")
    figure.data[-1].error_x = whiskers(table["mean"], table["low"], table["high"], colors.text)
    figure.add_vline(0, line={"color": colors.muted, "width": 1.5, "dash": "dot"})
    return _stacked(figure, names).update_xaxes(
        title_text=html.escape(title, quote=False), nticks=6, fixedrange=True, tickformat="~g"
    )


def importance_bars(
    names: Sequence[str],
    drops: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    title: str,
    hover: str,
    percent: bool = False,
    dark: bool = False,
) -> go.Figure:
    """How much worse the score gets without each column, the most important on top. `hover` says %{x}, %{hovertext}."""
    colors, values = palette(dark), np.asarray(drops)
    bars = _bars(names, values, np.zeros(len(values)), None, hover, colors)
    bars.error_x = whiskers(values, np.asarray(low), np.asarray(high), colors.text)
    figure = _stacked(empty_figure(dark).add_trace(bars), names)
    figure.update_xaxes(title_text=html.escape(title, quote=False), rangemode="tozero", nticks=6, fixedrange=True)
    return figure.update_xaxes(tickformat=".2~%" if percent else "~g")


def _bars(names: Sequence[str], values: Any, rows: Any, selected: int | None, hover: str, colors: Palette) -> go.Bar:
    quiet, calm = (mix(colors.primary, colors.background, share) for share in (0.7, 0.45))
    fills = [calm if selected is None else quiet] * len(names)
    if selected is not None and selected < len(fills):
        fills[selected] = colors.primary
    return go.Bar(
        x=np.asarray(values),
        y=np.arange(len(names)),
        orientation="h",
        customdata=np.asarray(rows),
        hovertext=[html.escape(_short(name, 80), quote=False) for name in names],
        hovertemplate=f"{hover}<extra></extra>",
        marker={"color": fills, "cornerradius": 4},
        # Both, with their text: plotly.js 4.2 fails at a click when either lacks a textfont.
        selected={"marker": {"opacity": 1}, "textfont": {"color": colors.text}},
        unselected={"marker": {"opacity": 1}, "textfont": {"color": colors.text}},
    )


def _tails(table: pd.DataFrame, colors: Palette) -> go.Scatter:
    ends = np.column_stack([table["q10"], table["q90"], np.full(len(table), np.nan)]).ravel()
    line = {"width": 1.5, "color": mix(colors.primary, colors.background, 0.2)}
    return go.Scatter(x=ends, y=np.repeat(np.arange(len(table)), 3), mode="lines", line=line, hoverinfo="skip")


def _stacked(figure: go.Figure, names: Sequence[str]) -> go.Figure:
    ticks = [html.escape(_short(name, LONGEST), quote=False) for name in names]
    figure.update_layout(height=64 + BAR_HEIGHT * len(names), bargap=0.35, showlegend=False, margin_r=16)
    figure.update_layout(dragmode=False, clickmode="event+select")
    figure.update_yaxes(tickvals=np.arange(len(names)), ticktext=ticks, ticklabelstandoff=5, showgrid=False)
    return figure.update_yaxes(autorange="reversed", fixedrange=True)


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
