"""Charts of a file that no script draws: whole XML, round ticks, every number in its place."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from ui.charts.svg import BOTTOM, HEIGHT, LEFT, MOST_POINTS, RIGHT, TOP, WIDTH, Axis, Line, axis, bar_chart, heat_chart
from ui.charts.svg import line_chart as drawn

SPACE = "{http://www.w3.org/2000/svg}"
UNIT = Axis("x", 0, 1)


def points(chart: str) -> np.ndarray:
    (line,) = ElementTree.fromstring(chart).iter(f"{SPACE}polyline")
    return np.array([point.split(",") for point in line.attrib["points"].split()], float)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-3, 47, [0, 10, 20, 30, 40]),
        (1e-9, 3e-9, [1e-9, 1.5e-9, 2e-9, 2.5e-9, 3e-9]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert Axis("", low, high).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize("values", [[3.0], [2.0, 2.0], [], [np.nan]])
def test_axis_has_room_around_a_single_value_and_around_none(values: list[float]) -> None:
    found = axis("", values)
    assert found.low < found.high and found.ticks()


def test_line_goes_from_corner_to_corner_and_leaves_out_what_is_not_known() -> None:
    found = points(drawn([Line("", [0, 0.5, 1], [0, np.nan, 1])], UNIT, UNIT, "alt"))
    assert found.tolist() == [[LEFT, HEIGHT - BOTTOM], [WIDTH - RIGHT, TOP]]


def test_long_lines_keep_their_ends() -> None:
    x = np.linspace(0, 1, 10_000)
    found = points(drawn([Line("", x, x)], UNIT, UNIT, "alt"))
    assert len(found) == MOST_POINTS and found[-1].tolist() == [WIDTH - RIGHT, TOP]


def test_single_epoch_is_a_dot() -> None:
    assert "<circle" in drawn([Line("", [0.5], [0.5])], UNIT, UNIT, "alt")


def test_bars_are_as_high_as_their_counts() -> None:
    chart = ElementTree.fromstring(bar_chart([0, 0.5, 1], [1, 2], UNIT, Axis("y", 0, 4), "alt", rule=0.5))
    heights = [float(bar.attrib["height"]) for bar in chart.iter(f"{SPACE}rect")]
    assert heights == pytest.approx([(HEIGHT - BOTTOM - TOP) / 4, (HEIGHT - BOTTOM - TOP) / 2], abs=0.1)


def test_heat_shows_only_bins_with_something_in_them() -> None:
    chart = ElementTree.fromstring(heat_chart(np.array([[0, 9], [1, 0]]), UNIT, UNIT, "alt"))
    shades = [float(cell.attrib["opacity"]) for cell in chart.iter(f"{SPACE}rect")]
    assert len(shades) == 2 and shades[0] > shades[1]


def test_words_of_the_data_are_no_markup() -> None:
    chart = ElementTree.fromstring(drawn([Line("<b>&", [0, 1], [0, 1])], Axis("<i>", 0, 1), UNIT, '"<script>'))
    texts = [text.text for text in chart.iter(f"{SPACE}text")]
    assert "<b>&" in texts and "<i>" in texts and chart.attrib["aria-label"] == '"<script>'
