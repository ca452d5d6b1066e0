"""Every square has the colour of its count."""

import numpy as np

from dl.evaluation.residuals import density
from ui.charts.density import predicted_against_true

WORDS = {"x_title": "true", "y_title": "predicted", "count_title": "rows", "hover": "%{customdata}"}


def test_squares_without_rows_are_empty_and_all_others_are_counted() -> None:
    true = np.arange(10.0)
    squares, line = predicted_against_true(density(true, true, 5), **WORDS).data
    assert np.isnan(squares.z).sum() == 20 and np.diag(squares.customdata).tolist() == [2] * 5
    assert [*line.x] == [*line.y] == [0, 9]


def test_both_axes_have_the_same_scale_and_the_bar_counts_rows() -> None:
    figure = predicted_against_true(density(np.repeat(1.0, 100), np.repeat(1.0, 100), 3), **WORDS, dark=True)
    assert figure.layout.xaxis.range == figure.layout.yaxis.range
    assert [*figure.data[0].colorbar.ticktext] == ["1", "5", "22", "100"]
