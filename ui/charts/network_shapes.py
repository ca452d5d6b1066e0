"""The drawing of one layer and of one connection, as Plotly shapes in pixels around a middle."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ui.charts.palette import Palette, mix

CENTRE = 66
HALF = 98
SHOWN = 9
RADIUS = 8
SHEETS = 5
SHIFT = 6

IN_A_ROW = {"Flatten", "Columns"}
PASSING = {"Rescaling", "BatchNormalization", "Activation", "Dropout"}


@dataclass(frozen=True)
class Drawing:
    """`top` and `bottom` are the places (x, y) where connections begin and end; `dots` is where an ellipsis stands."""

    parts: list[dict[str, Any]]
    height: int
    top: list[tuple[float, float]]
    bottom: list[tuple[float, float]]
    neurons: bool = False
    dots: float | None = None
    width: float = 0.0


def drawing(
    type: str, shape: tuple[int, ...], input_shape: tuple[int, ...], above: Drawing | None, colors: Palette
) -> Drawing:
    """Pictures are stacks, vectors are rows of neurons, and what keeps the shape is a bar as wide as what is above."""
    if type in PASSING and above:
        return _bar(type, above, colors)
    if len(shape) == 3:
        return _stack(type, shape, max(input_shape[:2]), colors)
    if type in IN_A_ROW:
        return _cells(shape, colors)
    return _neurons(type, shape[-1], colors)


def connection(above: Drawing, below: Drawing, distance: float, colors: Palette) -> dict[str, Any]:
    """Lines from every neuron to every neuron; otherwise a ribbon from edge to edge. `distance` is downwards."""
    ends = [(x, y - distance) for x, y in below.top]
    if below.neurons and len(above.bottom) > 1:
        pairs = [f"M{x0:.1f},{y0:.1f}L{x1:.1f},{y1:.1f}" for x0, y0 in above.bottom for x1, y1 in ends]
        color = mix(colors.muted, colors.background, 0.72)
        return {"type": "path", "path": "".join(pairs), "line": {"color": color, "width": 1}}
    corners = [*_edges(above.bottom, above.width), *reversed(_edges(ends, below.width))]
    path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in corners) + "Z"
    return {"type": "path", "path": path, "line": {"width": 0}, "fillcolor": colors.grid, "opacity": 0.6}


def space(above: Drawing, below: Drawing) -> int:
    """Room between two drawings: lines from neuron to neuron need more of it than a ribbon."""
    return 46 if below.neurons and len(above.bottom) > 1 else 28


def _edges(points: list[tuple[float, float]], width: float) -> list[tuple[float, float]]:
    return [(CENTRE - width / 2, points[0][1]), (CENTRE + width / 2, points[0][1])]


def _stack(type: str, shape: tuple[int, ...], widest: int, colors: Palette) -> Drawing:
    """Up to `SHEETS` sheets for the channels, as large as the picture is beside the input."""
    tint = {"Input": colors.muted, "Conv2D": colors.primary}.get(type, mix(colors.primary, colors.background, 0.45))
    sheets = min(shape[2], SHEETS)
    side = max(16.0, 58.0 * np.sqrt(max(shape[:2]) / widest))
    spread = SHIFT * (sheets - 1)
    parts = []
    for sheet in range(sheets):
        x = CENTRE - (side + spread) / 2 + SHIFT * (sheets - 1 - sheet)
        y = -(side + spread) / 2 + SHIFT * (sheets - 1 - sheet)
        fill = mix(tint, colors.background, 0.78 - 0.12 * sheet)
        parts.append(_rectangle(x, y, side, side, fill, tint))
    half, width = (side + spread) / 2, side + spread
    return Drawing(parts, round(side + spread), [(CENTRE, half)], [(CENTRE, -half)], width=width)


def _cells(shape: tuple[int, ...], colors: Palette) -> Drawing:
    """A long strip of cells: the picture, or all that the columns become, in one row."""
    edges = np.linspace(CENTRE - HALF, CENTRE + HALF, 29)
    tint = mix(colors.primary, colors.background, 0.45)
    parts = [
        _rectangle(left, -6, right - left, 12, mix(tint, colors.background, 0.55), tint, 0.8)
        for left, right in pairwise(edges)
    ]
    ends = [float(x) for x in np.linspace(CENTRE - HALF + 4, CENTRE + HALF - 4, 12)]
    return Drawing(parts, 12, [(x, 6.0) for x in ends], [(x, -6.0) for x in ends], width=2.0 * HALF)


def _neurons(type: str, units: int, colors: Palette) -> Drawing:
    """Circles; beyond ten, the first and the last few with an ellipsis between them."""
    every = units <= SHOWN + 1
    places = max(units, 1) if every else SHOWN  # no column is drawn as an empty place
    step = min(26.0, 2 * (HALF - RADIUS) / max(places - 1, 1))
    radius = min(RADIUS, step / 2 - 1.5)
    xs = [CENTRE + step * (place - (places - 1) / 2) for place in range(places)]
    shown = xs if every else [x for place, x in enumerate(xs) if place != SHOWN // 2]
    tint = colors.primary if type == "Dense" else mix(colors.primary, colors.background, 0.45)
    parts = [_circle(x, radius, mix(tint, colors.background, 0.7), tint) for x in shown]
    width = xs[-1] - xs[0] + 2 * radius
    tops = [(x, radius) for x in shown]
    return Drawing(parts, 18, tops, [(x, -y) for x, y in tops], True, None if every else xs[SHOWN // 2], width)


def _bar(type: str, above: Drawing, colors: Palette) -> Drawing:
    """A layer that changes values but no shape; dropout is dashed."""
    width = max(above.width, 48.0)
    part = _rectangle(CENTRE - width / 2, -5, width, 10, mix(colors.muted, colors.background, 0.75), colors.muted)
    part["line"]["dash"] = "dot" if type == "Dropout" else "solid"
    ends = [x for x, _ in above.bottom]
    return Drawing([part], 22, [(x, 5.0) for x in ends], [(x, -5.0) for x in ends], width=width)


def _rectangle(
    x: float, y: float, width: float, height: float, fill: str, line: str, thick: float = 1.3
) -> dict[str, Any]:
    ends = {"x0": x, "y0": y, "x1": x + width, "y1": y + height}
    return {"type": "rect", **ends, "fillcolor": fill, "line": {"color": line, "width": thick}}


def _circle(x: float, radius: float, fill: str, line: str) -> dict[str, Any]:
    ends = {"x0": x - radius, "y0": -radius, "x1": x + radius, "y1": radius}
    return {"type": "circle", **ends, "fillcolor": fill, "line": {"color": line, "width": 1.5}}
