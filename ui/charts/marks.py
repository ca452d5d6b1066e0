"""What happened on the way, drawn on learning curves: saved epochs as diamonds, new learning rates as lines."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from ui.charts.palette import palette, run_color


@dataclass(frozen=True)
class Saved:
    """A saved epoch at its place on the validation curve; `label` says what it is."""

    x: float
    y: float
    epoch: int
    label: str


@dataclass(frozen=True)
class Change:
    """`label` stands beside the line at `x`."""

    x: float
    label: str


def add_saved(figure: go.Figure, saved: Sequence[Saved], name: str, color_index: int, dark: bool) -> None:
    """Diamonds that can be clicked: their `customdata` is the epoch."""
    if not saved:
        return
    figure.add_trace(
        go.Scatter(
            x=[mark.x for mark in saved],
            y=[mark.y for mark in saved],
            customdata=[mark.epoch for mark in saved],
            text=[mark.label for mark in saved],
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
    )


def add_changes(figure: go.Figure, changes: Sequence[Change], dark: bool) -> None:
    colors = palette(dark)
    for change in changes:
        figure.add_vline(
            change.x,
            line={"width": 1, "dash": "dash", "color": colors.muted},
            annotation={"text": change.label, "font": {"size": 11, "color": colors.muted}, "y": 0.5},
            annotation_position="right",
        )
