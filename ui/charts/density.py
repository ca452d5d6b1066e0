"""Predicted against true numbers, counted in small squares: as many rows as there are, none drawn over another."""

import html

import numpy as np
import plotly.graph_objects as go

from dl.evaluation.residuals import Density
from ui.charts.palette import colorscale, empty_figure, palette

TICKS = 4


def predicted_against_true(
    density: Density, *, x_title: str, y_title: str, count_title: str, hover: str, dark: bool = False
) -> go.Figure:
    """On the dotted line the prediction is right. `hover` says %{x}, %{y} and the rows, %{customdata}.

    The colour follows the logarithm of the count, so that single rows are still seen; a square without rows is empty.
    """
    colors, figure = palette(dark), empty_figure(dark)
    middles = (density.edges[:-1] + density.edges[1:]) / 2
    depth = np.where(density.counts > 0, np.log1p(density.counts), np.nan)
    most = int(density.counts.max(initial=1))
    figure.add_heatmap(
        x=middles,
        y=middles,
        z=depth,
        customdata=density.counts,
        zmin=0,
        zmax=np.log1p(most),
        colorscale=colorscale(colors.sequential[1:]),
        colorbar=_color_bar(most, count_title, colors.muted),
        hoverongaps=False,
        hovertemplate=f"{hover}<extra></extra>",
    )
    ends, line = density.edges[[0, -1]], {"color": colors.muted, "width": 1.5, "dash": "dot"}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip")
    figure.update_layout(height=400, showlegend=False)
    x_title, y_title = (html.escape(title, quote=False) for title in (x_title, y_title))
    figure.update_xaxes(title_text=x_title, range=ends, showgrid=False, tickformat=",~s", nticks=6)
    figure.update_yaxes(title_text=y_title, range=ends, tickformat=",~s", nticks=6)
    return figure


def _color_bar(most: int, title: str, color: str) -> dict[str, object]:
    ticks = np.unique(np.round(np.geomspace(1, most, TICKS))) if most > 1 else np.ones(1)
    font = {"size": 12, "color": color}
    return {
        "title": {"text": title, "font": font, "side": "top"},
        "tickfont": font,
        "tickvals": np.log1p(ticks),
        "ticktext": [f"{tick:,.0f}" for tick in ticks],
        "thickness": 8,
        "len": 0.6,
        "outlinewidth": 0,
    }
