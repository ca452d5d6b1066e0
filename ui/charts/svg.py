"""Small charts as SVG, for a file that no script draws: numbers in, text out. Colours are left to the file's CSS.

Classes: `axis`, `grid`, `bold`, `thin`, `rule`, `bar`, `cell`. Whatever comes as text is made safe here.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH, HEIGHT = 520, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 26, 44
LEGEND_WIDTH = 120  # of a name
TICKS = 5
MOST_POINTS = 400
Write = Callable[[float], str]


@dataclass(frozen=True)
class Line:
    """`look` says what it is beside the others: what counts, what leads to it, or what one compares with."""

    name: str
    x: ArrayLike
    y: ArrayLike
    look: Literal["bold", "thin", "rule"] = "bold"


@dataclass(frozen=True)
class Axis:
    title: str
    low: float
    high: float
    write: Write = lambda value: f"{value:.3g}"

    def ticks(self) -> list[float]:
        """About five round numbers between the ends."""
        rough = (self.high - self.low) / TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        return [place * step for place in range(first, math.floor(self.high / step + 1e-9) + 1)]

    def places(self, values: ArrayLike, begin: float, end: float) -> NDArray[np.float64]:
        share = (np.asarray(values, float) - self.low) / (self.high - self.low)
        return begin + np.clip(share, 0, 1) * (end - begin)


def axis(title: str, values: ArrayLike, write: Write = lambda value: f"{value:.3g}") -> Axis:
    """From the least to the greatest of the values, with some room; of a single one around it."""
    finite = np.asarray(values, float)
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    room = 0.04 * (high - low) or 0.05 * abs(high) or 0.5
    return Axis(title, low - room, high + room, write)


def line_chart(lines: Sequence[Line], x: Axis, y: Axis, alt: str) -> str:
    return _chart([*(_line(line, x, y) for line in lines), *_legend(lines)], x, y, alt)


def bar_chart(edges: ArrayLike, counts: ArrayLike, x: Axis, y: Axis, alt: str, rule: float | None = None) -> str:
    """A histogram: `counts` (bars,) between `edges` (bars + 1,); a vertical `rule` at some value."""
    ends, heights = x.places(edges, *_X), y.places(counts, *_Y)
    bars = [
        f'<rect class="bar" x="{left:.1f}" y="{top:.1f}" width="{max(right - left - 1, 0.5):.1f}" '
        f'height="{_Y[0] - top:.1f}"/>'
        for left, right, top in zip(ends[:-1], ends[1:], heights, strict=True)
    ]
    if rule is not None:
        (at,) = x.places([rule], *_X)
        bars.append(f'<path class="rule" d="M{at:.1f} {_Y[0]}V{_Y[1]}"/>')
    return _chart(bars, x, y, alt)


def heat_chart(counts: NDArray[np.int64], x: Axis, y: Axis, alt: str) -> str:
    """Counts (y bins, x bins), each a square as dark as it has many; with the diagonal, on which both are the same."""
    width, height = (_X[1] - _X[0]) / counts.shape[1], (_Y[0] - _Y[1]) / counts.shape[0]
    shades = 0.15 + 0.85 * np.log1p(counts) / max(float(np.log1p(counts.max())), 1.0)
    cells = [
        f'<rect class="cell" x="{_X[0] + column * width:.1f}" y="{_Y[0] - (row + 1) * height:.1f}" '
        f'width="{width:.2f}" height="{height:.2f}" opacity="{shades[row, column]:.2f}"/>'
        for row, column in np.argwhere(counts > 0)
    ]
    return _chart([*cells, f'<path class="rule" d="M{_X[0]} {_Y[0]}L{_X[1]} {_Y[1]}"/>'], x, y, alt)


_X = (LEFT, WIDTH - RIGHT)
_Y = (HEIGHT - BOTTOM, TOP)


def _line(line: Line, x: Axis, y: Axis) -> str:
    xs, ys = np.asarray(line.x, float), np.asarray(line.y, float)
    known = np.isfinite(xs) & np.isfinite(ys)
    ends, heights = x.places(_thinned(xs[known]), *_X), y.places(_thinned(ys[known]), *_Y)
    if len(ends) == 1:
        return f'<circle class="{line.look}" cx="{ends[0]:.1f}" cy="{heights[0]:.1f}" r="2"/>'
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(ends, heights, strict=True))
    return f'<polyline class="{line.look}" points="{points}"/>'


def _thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evenly, the ends among them."""
    if len(values) <= MOST_POINTS:
        return values
    return values[np.unique(np.linspace(0, len(values) - 1, MOST_POINTS).astype(np.int64))]


def _legend(lines: Sequence[Line]) -> Iterator[str]:
    """Above the chart, where no line is."""
    for place, line in enumerate(line for line in lines if line.name):
        yield (
            f'<g transform="translate({_X[0] + place * LEGEND_WIDTH} 14)"><path class="{line.look}" d="M0 -4H18"/>'
            f'<text x="24">{escape(line.name)}</text></g>'
        )


def _chart(drawn: Sequence[str], x: Axis, y: Axis, alt: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">'
        f"{_scales(x, y)}{''.join(drawn)}</svg>"
    )


def _scales(x: Axis, y: Axis) -> str:
    parts = []
    for value in y.ticks():
        (at,) = y.places([value], *_Y)
        parts.append(f'<path class="grid" d="M{_X[0]} {at:.1f}H{_X[1]}"/>')
        parts.append(
            f'<text class="axis" x="{_X[0] - 6}" y="{at + 4:.1f}" text-anchor="end">{escape(y.write(value))}</text>'
        )
    for value in x.ticks():
        (at,) = x.places([value], *_X)
        parts.append(
            f'<text class="axis" x="{at:.1f}" y="{_Y[0] + 16}" text-anchor="middle">{escape(x.write(value))}</text>'
        )
    middle = (_Y[0] + _Y[1]) / 2
    return (
        f'{"".join(parts)}<path class="grid" d="M{_X[0]} {_Y[0]}H{_X[1]}"/>'
        f'<text class="axis" x="{sum(_X) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.title)}</text>'
        f'<text class="axis" transform="translate(12 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(y.title)}</text>"
    )
