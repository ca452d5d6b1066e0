"""What a data set holds: counts of classes, mean pictures, values of pixels, and the split."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ui.charts.palette import colorscale, empty_figure, mix, palette

BAR_HEIGHT = 28
GAP = 3
COLUMNS = 5  # of the mean pictures


def class_counts(
    counts: NDArray[Any],
    names: Sequence[str],
    selected: int | None = None,
    *,
    count_title: str,
    dark: bool = False,
) -> go.Figure:
    """One bar a class; a click gives the class's index as `point_index`. The chosen class stands out."""
    colors = palette(dark)
    quiet = mix(colors.primary, colors.background, 0.62)
    calm = mix(colors.primary, colors.background, 0.3)
    fills = [calm if selected is None else quiet] * len(counts)
    if selected is not None:
        fills[selected] = colors.primary
    labels = [html.escape(name, quote=False) for name in names]
    share = counts / max(int(np.sum(counts)), 1)
    bar = go.Bar(
        x=np.asarray(counts),
        y=np.arange(len(counts)),
        orientation="h",
        customdata=share,
        text=[f"{int(count):,}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        hovertext=labels,
        hovertemplate="<b>%{hovertext}</b><br>%{x:,} (%{customdata:.1%})<extra></extra>",
        marker={"color": fills, "cornerradius": 4},
        # Both, with their text: plotly.js 4.2 fails at a click when either lacks a textfont.
        selected={"marker": {"opacity": 1}, "textfont": {"color": colors.text}},
        unselected={"marker": {"opacity": 1}, "textfont": {"color": colors.text}},
    )
    figure = empty_figure(dark).add_trace(bar)
    figure.update_layout(bargap=0.25, dragmode=False, clickmode="event+select", showlegend=False)
    figure.update_layout(height=64 + BAR_HEIGHT * len(labels), margin_r=44)
    figure.update_xaxes(title_text=count_title, tickformat=",d", rangemode="tozero", nticks=5, fixedrange=True)
    figure.update_yaxes(tickvals=np.arange(len(labels)), ticktext=labels, ticklabelstandoff=5, showgrid=False)
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    return figure


def mean_pictures(
    pictures: NDArray[Any],
    names: Sequence[str],
    *,
    title: str,
    spread: bool = False,
    dark: bool = False,
) -> go.Figure:
    """Pictures (count, height, width, channels) in a named grid: means in ink or true colour, spread in indigo."""
    colored = pictures.shape[-1] == 3 and not spread
    grid = _montage(pictures if colored else pictures.mean(axis=-1, keepdims=True))
    figure = empty_figure(dark)
    figure.add_trace(_colored_trace(grid) if colored else _value_trace(grid[..., 0], title, spread, dark))
    figure.update_layout(annotations=_names_above(pictures, names), height=_grid_height(pictures))
    figure.update_xaxes(visible=False, range=[-0.5, grid.shape[1] - 0.5], constrain="domain")
    figure.update_yaxes(visible=False, range=[grid.shape[0] - 0.5, -0.5], scaleanchor="x", constrain="domain")
    return figure


def pixel_histogram(
    counts: NDArray[Any], edges: NDArray[Any], *, x_title: str, y_title: str, dark: bool = False
) -> go.Figure:
    """The share of all pixels in each bin of values; logarithmic, because most pixels are background."""
    share = counts / max(int(np.sum(counts)), 1)
    widths = np.diff(edges)
    bars = go.Bar(
        x=edges[:-1] + widths / 2,
        y=share,
        width=widths * 0.92,
        marker={"color": palette(dark).primary},
        customdata=np.column_stack([edges[:-1], edges[1:]]),
        hovertemplate="%{customdata[0]:.4~g} – %{customdata[1]:.4~g}<br><b>%{y:.2~%}</b><extra></extra>",
    )
    figure = empty_figure(dark).add_trace(bars)
    figure.update_layout(height=260, bargap=0)
    figure.update_xaxes(title_text=x_title, showgrid=False, range=[edges[0], edges[-1]])
    figure.update_yaxes(title_text=y_title, tickformat=".3~%", type="log", dtick=1)
    return figure


def split_bar(
    training: int, validation: int, test: int, *, labels: tuple[str, str, str], dark: bool = False
) -> go.Figure:
    """How the rows are shared out: training light, validation bold as in the curves, test grey."""
    colors = palette(dark)
    fills = (mix(colors.primary, colors.background, 0.5), colors.primary, colors.muted)
    figure = empty_figure(dark)
    total = max(training + validation + test, 1)
    for rows, label, fill in zip((training, validation, test), labels, fills, strict=True):
        name = f"{html.escape(label, quote=False)}<br><b>{rows:,}</b>"
        hover = f"{name} ({rows / total:.1%})<extra></extra>"
        bar = {"x": np.array([rows]), "y": np.zeros(1), "orientation": "h", "name": name, "hovertemplate": hover}
        figure.add_trace(go.Bar(**bar, marker={"color": fill, "line": {"width": 2, "color": colors.background}}))
    figure.update_layout(
        barmode="stack",
        height=88,
        margin={"l": 0, "r": 0, "t": 0, "b": 56},
        legend={"orientation": "h", "x": 0, "y": -0.1, "yanchor": "top", "traceorder": "normal"},
        legend_itemclick=False,
        legend_itemdoubleclick=False,
        legend_entrywidthmode="fraction",
        legend_entrywidth=0.32,
        legend_maxheight=56,
    )
    figure.update_xaxes(visible=False, range=[0, total], fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


def _montage(pictures: NDArray[Any]) -> NDArray[np.float32]:
    """The pictures in rows of COLUMNS, with a strip above each row for its names; what is not a picture is NaN."""
    count, height, width, channels = pictures.shape
    rows = -(-count // COLUMNS)
    strip = _strip(pictures)
    grid = np.full((rows * (height + strip), COLUMNS * (width + GAP) - GAP, channels), np.nan, np.float32)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, COLUMNS)
        top, left = row * (height + strip) + strip, column * (width + GAP)
        grid[top : top + height, left : left + width] = picture
    return grid


def _strip(pictures: NDArray[Any]) -> int:
    return max(2, round(pictures.shape[1] * 0.28))


def _names_above(pictures: NDArray[Any], names: Sequence[str]) -> list[dict[str, Any]]:
    _, height, width, _ = pictures.shape
    strip = _strip(pictures)
    return [
        {
            "x": (index % COLUMNS) * (width + GAP) + (width - 1) / 2,
            "y": (index // COLUMNS) * (height + strip) + strip - 0.8,
            "text": html.escape(name, quote=False),
            "showarrow": False,
            "yanchor": "bottom",
            "font": {"size": 12},
        }
        for index, name in enumerate(names)
    ]


def _grid_height(pictures: NDArray[Any]) -> int:
    return 64 + -(-len(pictures) // COLUMNS) * 108


def _value_trace(grid: NDArray[Any], title: str, spread: bool, dark: bool) -> go.Heatmap:
    colors = palette(dark)
    scale = colors.sequential if spread else colors.ink
    font = {"size": 12, "color": colors.muted}
    bar = {"title": {"text": title, "font": font, "side": "top"}, "tickfont": font, "orientation": "h", "len": 0.5}
    bar |= {"thickness": 6, "outlinewidth": 0, "nticks": 4, "x": 0.5, "y": -0.03, "yanchor": "top", "ypad": 4}
    return go.Heatmap(
        z=grid,
        colorscale=colorscale(scale),
        zmin=0,
        colorbar=bar,
        hoverongaps=False,
        hovertemplate="%{z:.3~g}<extra></extra>",
    )


def _colored_trace(grid: NDArray[Any]) -> go.Image:
    opaque = np.where(np.isnan(grid[..., :1]), 0, 255)
    return go.Image(
        z=np.concatenate([np.nan_to_num(grid), opaque], axis=-1).astype(np.uint8),
        colormodel="rgba256",
        hoverinfo="skip",
    )
