"""A small curve over epochs with a mark on one of them, as an SVG that needs no script."""

from collections.abc import Mapping

from ui.charts.palette import palette

WIDTH, HEIGHT, MARGIN = 260, 44, 6


def epoch_curve(values: Mapping[int, float], marked: int, dark: bool) -> str:
    """`values` by epochs, ascending; drawn so that more is higher."""
    colors = palette(dark)
    points = {epoch: _place(epoch, value, values) for epoch, value in values.items()}
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points.values())
    x, y = points[marked]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<polyline points="{line}" fill="none" stroke="{colors.muted}" stroke-width="1.5"/>'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{colors.grid}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colors.primary}"/></svg>'
    )


def _place(epoch: int, value: float, values: Mapping[int, float]) -> tuple[float, float]:
    first, last = min(values), max(values)
    low, high = min(values.values()), max(values.values())
    across = (epoch - first) / max(last - first, 1)
    up = (value - low) / (high - low) if high > low else 0.5
    return MARGIN + across * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)
