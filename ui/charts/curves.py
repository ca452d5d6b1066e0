"""Learning curves: training thin and light, validation bold, both in the run's own hue."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ui.charts.palette import Palette, empty_figure, mix, palette, run_color, training_color

Role = Literal["training", "validation"]
LEGEND_ROW = 26


@dataclass(frozen=True)
class Curve:
    """One line of as many points as can be seen; `smooth` is the x and y of the line that is drawn over it.

    `identity` keeps a line hidden or shown while others come and go; `per_epoch` points get markers.
    """

    label: str
    x: NDArray[Any]
    y: NDArray[Any]
    color_index: int = 0
    role: Role = "training"
    per_epoch: bool = False
    identity: str = ""
    smooth: tuple[NDArray[Any], NDArray[Any]] | None = None


def learning_curves(
    curves: Sequence[Curve],
    *,
    x_title: str,
    y_title: str,
    log_y: bool = False,
    smoothing: float = 0.0,
    dark: bool = False,
    uirevision: str = "",
    percent: bool = False,
    height: int = 340,
) -> go.Figure:
    """Loss or a metric over steps or epochs; equal `uirevision` keeps zoom and hidden lines through updates.

    `smoothing` names the smoothed lines where the numbers are downloaded.
    """
    figure = empty_figure(dark)
    traces = [trace for curve in curves for trace in _traces(curve, smoothing, dark, percent)]
    for rank, trace in enumerate(traces):
        trace.legendrank = rank + 1
    figure.add_traces(sorted(traces, key=lambda trace: float(trace.line.width)))
    figure.update_layout(
        height=height,
        uirevision=uirevision,
        hovermode="x unified",
        showlegend=len(curves) > 1,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "itemwidth": 30},
        margin={"l": 8, "r": 12, "t": LEGEND_ROW, "b": 8},
    )
    figure.update_xaxes(title_text=x_title, tickformat=",.6~f", rangemode="tozero", showgrid=False, showline=True)
    figure.update_yaxes(title_text=y_title, **_y_axis([curve.y for curve in curves], log_y, percent))
    _set_hover_line(figure, x_title, palette(dark))
    return figure


def _traces(curve: Curve, smoothing: float, dark: bool, percent: bool) -> list[go.Scatter]:
    """The line, and behind a smoothed line the raw values as a shadow that belongs to it."""
    if curve.smooth is None:
        return [_line(curve, curve.x, curve.y, dark, percent)]
    shadow = _line(curve, curve.x, curve.y, dark, percent)
    color = mix(str(shadow.line.color), palette(dark).background, 0.62)
    shadow.update(
        uid=f"{shadow.uid}/raw", showlegend=False, hoverinfo="skip", hovertemplate=None, line_color=color, line_width=1
    )
    line = _line(curve, *curve.smooth, dark, percent, width=2.0)
    return [shadow, line.update(meta=f"smoothing {smoothing:g}")]


def _line(
    curve: Curve, x: NDArray[Any], y: NDArray[Any], dark: bool, percent: bool, width: float | None = None
) -> go.Scatter:
    color = run_color(curve.color_index, dark)
    training = curve.role == "training"
    identity = curve.identity or f"{curve.label}/{curve.role}"
    return go.Scatter(
        x=x,
        y=y,
        uid=identity,
        legendgroup=identity,
        name=html.escape(curve.label, quote=False),
        mode="lines+markers" if curve.per_epoch else "lines",
        line={"color": training_color(color, dark) if training else color, "width": width or (1.5 if training else 3)},
        marker={"size": 6 if training else 8, "line": {"width": 1.5, "color": palette(dark).background}},
        hovertemplate="%{y:.1%}" if percent else "%{y:.3~g}",
    )


def _y_axis(values: list[NDArray[Any]], log_y: bool, percent: bool) -> dict[str, Any]:
    if log_y:
        return {"type": "log", "tickvals": _log_ticks(values), "tickformat": ".0%" if percent else "~g"}
    if not any(np.isfinite(np.asarray(value, float)).any() for value in values):
        return {"range": [0, 1], "tickformat": ".0%"} if percent else {"range": [0, 2.5]}  # until the first point
    if percent:
        return {"tickformat": ".0%", "nticks": 6, "autorangeoptions": {"maxallowed": 1.0, "minallowed": 0.0}}
    return {"rangemode": "tozero", "nticks": 6}


def _log_ticks(values: list[NDArray[Any]]) -> NDArray[Any]:
    """1, 2 and 5 of each decade; over more than three decades the powers of ten alone."""
    every = np.concatenate([np.asarray(value, float) for value in values] or [np.ones(1)])
    powers = np.log10(every[np.isfinite(every) & (every > 0)])
    low, high = (int(np.floor(powers.min())), int(np.ceil(powers.max()))) if powers.size else (0, 0)
    decades = 10.0 ** np.arange(low - 1, high + 2)
    return decades if high - low > 3 else np.multiply.outer(decades, [1.0, 2.0, 5.0]).reshape(-1)


def _set_hover_line(figure: go.Figure, x_title: str, colors: Palette) -> None:
    figure.update_xaxes(
        showspikes=True,
        spikemode="across",
        spikesnap="cursor",
        spikethickness=1,
        spikedash="dot",
        spikecolor=colors.muted,
        unifiedhovertitle={"text": f"{html.escape(x_title, quote=False)} %{{x:,.2~f}}"},
    )
