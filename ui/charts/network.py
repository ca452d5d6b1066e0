"""A picture of the network, from top to bottom: stacks of feature maps, rows of neurons, and what connects them.

Everything is drawn in pixels around the middle of the figure, so that it is as legible on a phone as on a wall.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dl.specs.summary import LayerRow
from ui.charts import network_shapes as shapes
from ui.charts.palette import Palette, empty_figure, palette

TEXT_LEFT = -172
MARGIN = 16
INPUT = "Input"  # what stands above the first layer


@dataclass(frozen=True)
class NetworkLabels:
    """Translated words; `parameters` has a gap {count}; `layers` are the names by type, as far as there are others."""

    input: str
    parameters: str
    layers: Mapping[str, str]


def network_picture(
    rows: Sequence[LayerRow],
    input_shape: tuple[int, ...],
    *,
    labels: NetworkLabels,
    dark: bool = False,
) -> go.Figure:
    """Input, layers and the connections between them, with name, shape and parameters beside each."""
    colors = palette(dark)
    layers = [LayerRow(INPUT, input_shape, 0, 0), *rows]
    drawings: list[shapes.Drawing] = []
    for layer in layers:
        above = drawings[-1] if drawings else None
        drawings.append(shapes.drawing(layer.type, layer.output_shape, input_shape, above, colors))
    middles = _middles(drawings)
    height = int(MARGIN - middles[-1] + drawings[-1].height / 2)
    figure = empty_figure(dark).add_trace(_hover(layers, middles, labels))
    figure.update_layout(
        shapes=_shapes(drawings, middles, colors),
        annotations=_annotations(layers, drawings, middles, labels, colors),
        height=height,
        showlegend=False,
        dragmode=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
    )
    figure.update_xaxes(visible=False, range=[-1, 1], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-height, 0], fixedrange=True)
    return figure


def _shapes(drawings: list[shapes.Drawing], middles: list[float], colors: Palette) -> list[dict[str, Any]]:
    """Connections first, so that layers lie over them."""
    steps = zip(pairwise(drawings), pairwise(middles), strict=True)
    parts = [_placed(shapes.connection(*pair, high - low, colors), high) for pair, (high, low) in steps]
    for drawing, middle in zip(drawings, middles, strict=True):
        parts += [_placed(part, middle) for part in drawing.parts]
    return parts


def _annotations(
    layers: list[LayerRow],
    drawings: list[shapes.Drawing],
    middles: list[float],
    labels: NetworkLabels,
    colors: Palette,
) -> list[dict[str, Any]]:
    texts = []
    for layer, drawing, middle in zip(layers, drawings, middles, strict=True):
        texts += _texts(layer, middle, labels, colors)
        if drawing.dots is not None:
            font = {"size": 14, "color": colors.muted}
            texts.append({"x": 0, "y": middle, "xshift": drawing.dots, "text": "···", "showarrow": False, "font": font})
    return texts


def _middles(drawings: list[shapes.Drawing]) -> list[float]:
    """The middle of each drawing, downwards from 0."""
    middles = [-MARGIN - drawings[0].height / 2]
    for above, below in pairwise(drawings):
        middles.append(middles[-1] - above.height / 2 - shapes.space(above, below) - below.height / 2)
    return middles


def _placed(part: dict[str, Any], middle: float) -> dict[str, Any]:
    return {"xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 0, "yanchor": middle, "layer": "below", **part}


def _texts(layer: LayerRow, middle: float, labels: NetworkLabels, colors: Palette) -> list[dict[str, Any]]:
    name, facts = _words(layer, labels)
    place = {"x": 0, "y": middle, "xshift": TEXT_LEFT, "xanchor": "left", "showarrow": False, "align": "left"}
    return [
        place | {"text": f"<b>{name}</b>", "yshift": 9, "font": {"size": 13, "color": colors.text}},
        place | {"text": facts, "yshift": -9, "font": {"size": 12, "color": colors.muted}},
    ]


def _words(layer: LayerRow, labels: NetworkLabels) -> tuple[str, str]:
    name = labels.input if layer.type == INPUT else labels.layers.get(layer.type, layer.type)
    shape = " × ".join(f"{size:,}" for size in layer.output_shape)
    return html.escape(name, quote=False), shape


def _hover(layers: list[LayerRow], middles: list[float], labels: NetworkLabels) -> go.Scatter:
    """Nothing to see: a place for the pointer over every drawing."""
    words = [_words(layer, labels) for layer in layers]
    counts = [labels.parameters.format(count=f"{layer.parameters:,}") for layer in layers]
    texts = [f"<b>{name}</b><br>{shape}<br>{count}" for (name, shape), count in zip(words, counts, strict=True)]
    marker = {"size": 34, "opacity": 0}
    return go.Scatter(
        x=np.zeros(len(layers)),
        y=np.array(middles),
        mode="markers",
        marker=marker,
        text=texts,
        hovertemplate="%{text}<extra></extra>",
    )
