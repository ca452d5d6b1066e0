"""How an answer would move with one field of a form: a small SVG that needs no script."""

from collections.abc import Sequence

from ui.charts.palette import palette

WIDTH, HEIGHT, MARGIN = 200, 36, 4


def answer_curve(answers: Sequence[float], low: float, high: float, at: float, *, steps: bool, dark: bool) -> str:
    """`answers` evenly spread over the field's values, on an axis from `low` to `high`; `at` is where the field stands,
    from 0 to 1. In `steps` for levels, which have no order."""
    colors = palette(dark)
    places = [MARGIN + (WIDTH - 2 * MARGIN) * _across(number, len(answers), steps) for number in range(len(answers))]
    heights = [HEIGHT - MARGIN - _share(answer, low, high) * (HEIGHT - 2 * MARGIN) for answer in answers]
    x = MARGIN + at * (WIDTH - 2 * MARGIN)
    drawn = _bars(places, heights, colors.muted) if steps else _line(places, heights, colors.primary)
    mark = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{colors.caution}" stroke-width="2"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">{drawn}{mark}</svg>'


def _across(number: int, count: int, steps: bool) -> float:
    return (number + 0.5) / count if steps else number / max(count - 1, 1)


def _share(answer: float, low: float, high: float) -> float:
    return min(max((answer - low) / (high - low), 0.0), 1.0) if high > low else 0.5


def _line(places: Sequence[float], heights: Sequence[float], color: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, heights, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'


def _bars(places: Sequence[float], heights: Sequence[float], color: str) -> str:
    width = max(2.0, (WIDTH - 2 * MARGIN) / max(len(places), 1) - 2)
    return "".join(
        f'<rect x="{x - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{HEIGHT - y:.1f}" fill="{color}"/>'
        for x, y in zip(places, heights, strict=True)
    )
