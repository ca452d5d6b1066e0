"""What the pictures of a data set show is what was counted."""

import numpy as np

from ui.charts.palette import palette
from ui.charts.pictures import class_counts, mean_pictures, pixel_histogram, split_bar

NAMES = ["cat", "<b>dog</b>", "鸟"]


def test_bars_are_as_long_as_the_counts_and_stand_in_the_order_of_the_classes() -> None:
    bar = class_counts(np.array([5, 0, 15]), NAMES, count_title="pictures").data[0]
    assert list(bar.x) == [5, 0, 15]
    assert list(bar.y) == [0, 1, 2]
    assert bar.customdata.tolist() == [0.25, 0, 0.75]


def test_chosen_class_stands_out_alone() -> None:
    fills = class_counts(np.array([5, 6, 7]), NAMES, 1, count_title="pictures").data[0].marker.color
    assert fills[1] == palette(False).primary
    assert fills[0] == fills[2] != fills[1]


def test_class_names_are_text_when_they_look_like_html() -> None:
    figure = class_counts(np.array([5, 6, 7]), NAMES, count_title="pictures")
    assert figure.layout.yaxis.ticktext[1] == "&lt;b&gt;dog&lt;/b&gt;"


def test_counts_are_drawn_when_there_are_none() -> None:
    assert class_counts(np.zeros(3, int), NAMES, count_title="pictures").data[0].customdata.tolist() == [0, 0, 0]


def test_every_mean_picture_stands_in_the_grid_once() -> None:
    pictures = np.arange(1, 8, dtype="f4")[:, None, None, None] * np.ones((7, 8, 8, 1), "f4")
    figure = mean_pictures(pictures, [str(index) for index in range(7)], title="mean")
    values, counts = np.unique(figure.data[0].z[~np.isnan(figure.data[0].z)], return_counts=True)
    assert values.tolist() == list(range(1, 8)) and set(counts) == {64}
    assert [text.text for text in figure.layout.annotations] == [str(index) for index in range(7)]


def test_colour_pictures_keep_their_colours_and_their_spread_has_one_scale() -> None:
    pictures = np.random.default_rng(0).random((3, 4, 4, 3)) * 255
    colored = mean_pictures(pictures, NAMES, title="mean").data[0]
    assert colored.type == "image" and set(np.unique(colored.z[..., 3])) == {0, 255}
    assert mean_pictures(pictures, NAMES, title="spread", spread=True).data[0].type == "heatmap"


def test_histogram_shows_shares_of_all_pixels() -> None:
    bars = pixel_histogram(np.array([75, 0, 25]), np.array([0, 10, 20, 30]), x_title="value", y_title="share").data[0]
    assert bars.y.tolist() == [0.75, 0, 0.25]
    assert bars.x.tolist() == [5, 15, 25]


def test_split_fills_the_bar() -> None:
    figure = split_bar(54_000, 6_000, 10_000, labels=("training", "validation", "test"))
    assert [int(trace.x[0]) for trace in figure.data] == [54_000, 6_000, 10_000]
    assert tuple(figure.layout.xaxis.range) == (0, 70_000)
    assert "54,000" in figure.data[0].name
