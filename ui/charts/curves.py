"""Learning curves: training thin and light, validation bold, both in the run's own hue."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from ui.charts.decimate import decimate
from ui.charts.palette import Palette, empty_figure, mix, palette, run_color, training_color

Role = Literal["training", "validation"]
LEGEND_ROW = 26


@dataclass(frozen=True)
class Curve:
    """One line. `identity` keeps a line hidden or shown while others come and go; `per_epoch` points get markers."""

    label: str
    x: NDArray[Any]
    y: NDArray[Any]
    color_index: int = 0
    role: Role = "training"
    per_epoch: bool = False
    identity: str = ""


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
    columns: int = 1000,
) -> go.Figure:
    """Loss or a metric over steps or epochs; equal `uirevision` keeps zoom and hidden lines through updates."""
    figure = empty_figure(dark)
    traces = [trace for curve in curves for trace in _traces(curve, smoothing, dark, percent, columns)]
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


def smoothed(y: NDArray[Any], smoothing: float) -> NDArray[Any]:
    """Exponential moving average, corrected for its empty start; gaps stay gaps and infinities become some."""
    finite = np.where(np.isfinite(y), y, np.nan)
    mean = pd.Series(finite).ewm(alpha=1 - smoothing, adjust=True, ignore_na=True).mean().to_numpy()
    return np.where(np.isfinite(y), mean, np.nan).astype(np.float32)


def _traces(curve: Curve, smoothing: float, dark: bool, percent: bool, columns: int) -> list[go.Scatter]:
    """The line, and behind a smoothed line the raw values as a shadow that belongs to it."""
    if smoothing <= 0 or curve.per_epoch:
        return [_line(curve, curve.y, dark, percent, columns)]
    shadow = _line(curve, curve.y, dark, percent, columns)
    color = mix(str(shadow.line.color), palette(dark).background, 0.62)
    shadow.update(
        uid=f"{shadow.uid}/raw", showlegend=False, hoverinfo="skip", hovertemplate=None, line_color=color, line_width=1
    )
    line = _line(curve, smoothed(curve.y, smoothing), dark, percent, columns, width=2.0)
    return [shadow, line.update(meta=f"smoothing {smoothing:g}")]


def _line(
    curve: Curve, values: NDArray[Any], dark: bool, percent: bool, columns: int, width: float | None = None
) -> go.Scatter:
    x, y = decimate(np.asarray(curve.x), np.asarray(values), columns)
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
