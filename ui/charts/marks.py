"""What happens on the way, drawn on learning curves: saved epochs as diamonds, new learning rates as lines."""

from typing import Any

import plotly.graph_objects as go

from ui.charts.palette import palette, run_color


def saved_epochs(name: str, color_index: int, dark: bool) -> go.Scatter:
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


def rate_change(dark: bool) -> dict[str, Any]:
    """The line and the words of one new learning rate, at no place yet."""
    colors, figure = palette(dark), go.Figure()
    figure.add_vline(
        0,
        line={"width": 1, "dash": "dash", "color": colors.muted},
        annotation={"text": "-", "font": {"size": 11, "color": colors.muted}, "y": 0.5},
        annotation_position="right",
    )
    drawn = figure.to_plotly_json()["layout"]
    return {"shape": drawn["shapes"][0], "annotation": drawn["annotations"][0]}
