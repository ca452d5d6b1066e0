"""Learning curves, still without their numbers: training thin and light, validation bold, both in the run's own hue.

A trace's `uid` says what belongs into it: run-training, run-training-raw (the shadow of a smoothed line),
run-validation, `baseline`, or `saved`; Plotly makes selectors of it, so it has no slash. The browser fills them, for
only there is every number as it comes.
"""

import functools
import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from ui.charts.palette import Palette, empty_figure, mix, palette, run_color, training_color

Role = Literal["training", "validation"]
LEGEND_ROW = 26
MOST_SHARE = 1.03  # no share is greater than 1, but a line and a diamond there have a thickness


@dataclass(frozen=True)
class Curve:
    """One line of a run; `per_epoch` points get markers."""

    run: str
    label: str
    color_index: int = 0
    role: Role = "training"
    per_epoch: bool = False

    @property
    def identity(self) -> str:
        """Keeps a line hidden or shown while others come and go."""
        return f"{self.run}/{self.role}"


@dataclass(frozen=True)
class Look:
    """How a chart of curves looks; equal `uirevision` keeps zoom and hidden lines through updates, and `y_revision` the
    zoom of the y axis.

    With `smoothing`, lines of single steps are smoothed, and their raw values stay as a shadow behind them.
    `baseline` is what stands at the line of what one reaches without learning, if there may be one: above it where
    `more_is_better`, since that is where the curves go.
    """

    x_title: str
    y_title: str
    log_y: bool = False
    percent: bool = False
    smoothing: float = 0.0
    dark: bool = False
    uirevision: str = ""
    y_revision: str = ""
    saved: str = "Saved epochs"
    baseline: str = ""
    more_is_better: bool = False
    height: int = 340


@functools.lru_cache(maxsize=256)
def learning_curves_json(curves: tuple[Curve, ...], look: Look) -> str:
    """Kept, since all who look at the same runs in the same way get the same."""
    return str(learning_curves(curves, look).to_json(remove_uids=False))


def learning_curves(curves: Sequence[Curve], look: Look) -> go.Figure:
    """Loss or a metric over steps or epochs; saved epochs are those of the first curve's run."""
    figure = empty_figure(look.dark)
    traces = [trace for curve in curves for trace in _traces(curve, look)]
    for rank, trace in enumerate(traces):
        trace.legendrank = rank + 1
    figure.add_traces(sorted(traces, key=lambda trace: float(trace.line.width)))
    if look.baseline:
        figure.add_trace(_baseline(look))
    figure.add_trace(_saved_epochs(look.saved, curves[0].color_index, look.dark))
    figure.update_layout(
        height=look.height,
        uirevision=look.uirevision,
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "itemwidth": 30},
        margin={"l": 8, "r": 12, "t": LEGEND_ROW, "b": 8},
    )
    figure.update_xaxes(title_text=look.x_title, tickformat=",.6~f", rangemode="tozero", showgrid=False, showline=True)
    figure.update_yaxes(title_text=look.y_title, uirevision=look.y_revision, **_y_axis(look))
    _set_hover_line(figure, look.x_title, palette(look.dark))
    return figure


def empty_range(percent: bool) -> tuple[float, float]:
    """Of the y axis, until there is a first point."""
    return (0.0, MOST_SHARE) if percent else (0.0, 2.5)


def _traces(curve: Curve, look: Look) -> list[go.Scatter]:
    """The line, and behind a smoothed line the raw values as a shadow that belongs to it."""
    if curve.per_epoch or curve.role == "validation" or not look.smoothing:
        return [_line(curve, look)]
    shadow = _line(curve, look)
    color = mix(str(shadow.line.color), palette(look.dark).background, 0.62)
    shadow.update(
        uid=f"{shadow.uid}-raw", showlegend=False, hoverinfo="skip", hovertemplate=None, line_color=color, line_width=1
    )
    line = _line(curve, look, width=2.0)
    return [shadow, line.update(meta=f"smoothing {look.smoothing:g}")]


def _line(curve: Curve, look: Look, width: float | None = None) -> go.Scatter:
    color = run_color(curve.color_index, look.dark)
    training = curve.role == "training"
    return go.Scatter(
        x=[],
        y=[],
        uid=curve.identity.replace("/", "-"),
        legendgroup=curve.identity,
        name=html.escape(curve.label, quote=False),
        mode="lines+markers" if curve.per_epoch else "lines",
        line={
            "color": training_color(color, look.dark) if training else color,
            "width": width or (1.5 if training else 3),
        },
        marker={"size": 6 if training else 8, "line": {"width": 1.5, "color": palette(look.dark).background}},
        hovertemplate="%{y:.1%}" if look.percent else "%{y:,.4~r}",
    )


def _y_axis(look: Look) -> dict[str, Any]:
    """The ticks of a logarithmic axis follow from the numbers, and so come with them."""
    if look.log_y:
        return {"type": "log", "tickformat": ".0%" if look.percent else "~g"}
    if look.percent:
        return {"tickformat": ".0%", "nticks": 6, "autorangeoptions": {"maxallowed": MOST_SHARE, "minallowed": 0.0}}
    return {"rangemode": "tozero", "nticks": 6}


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


def _baseline(look: Look) -> go.Scatter:
    """In no run's colour, and dashed."""
    return go.Scatter(
        x=[],
        y=[],
        uid="baseline",
        mode="lines+markers+text",
        name=html.escape(look.baseline, quote=False),
        marker={"size": 8, "opacity": 0},  # which keeps the words off the line
        textposition="top left" if look.more_is_better else "bottom left",
        textfont={"size": 12, "color": palette(look.dark).muted},
        line={"color": palette(look.dark).muted, "width": 2, "dash": "dash"},
        hoverinfo="skip",
        showlegend=False,
    )


def _saved_epochs(name: str, color_index: int, dark: bool) -> go.Scatter:
    """Diamonds that can be clicked; their `text` says what they are."""
    return go.Scatter(
        x=[],
        y=[],
        hovertemplate="%{text}<extra></extra>",
        mode="markers",
        name=name,
        uid="saved",
        marker={
            "symbol": "diamond",
            "size": 11,
            "color": palette(dark).background,
            "line": {"width": 2, "color": run_color(color_index, dark)},
        },
        legendrank=1000,
    )


@functools.cache
def rate_change(dark: bool) -> dict[str, Any]:
    """The line and the words of one new learning rate, at no place yet. Plotly takes 10 ms for it, at every tick."""
    colors, figure = palette(dark), go.Figure()
    figure.add_vline(
        0,
        line={"width": 1, "dash": "dash", "color": colors.muted},
        annotation={"text": "-", "font": {"size": 11, "color": colors.muted}, "y": 0.5},
        annotation_position="right",
    )
    drawn = figure.to_plotly_json()["layout"]
    return {"shape": drawn["shapes"][0], "annotation": drawn["annotations"][0]}
