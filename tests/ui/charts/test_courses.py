"""Curves of several runs over each other."""

from ui.charts.courses import Drawn, courses_figure
from ui.charts.palette import run_color, training_color

ALONE = Drawn("#1 <b>", 0, [1, 2], [0.5, 0.6], [0.4, 0.5])
SEVERAL = Drawn("#2", 1, [1, 2], [0.5, 0.6], [0.4, 0.5], [0.3, 0.4], [0.5, 0.6])


def test_validation_is_bold_and_training_thin_in_the_hue_of_the_run() -> None:
    figure = courses_figure([ALONE], x_title="Epoch", y_title="Accuracy", training="training", percent=True)
    training, validation = figure.data
    assert validation.line.width > 2 * training.line.width
    assert (validation.line.color, training.line.color) == (
        run_color(0, False),
        training_color(run_color(0, False), False),
    )
    assert (validation.name, training.name) == ("#1 &lt;b&gt;", "#1 &lt;b&gt; · training")
    assert [trace.showlegend for trace in figure.data] == [False, None]


def test_repetitions_have_a_band_behind_their_mean() -> None:
    low, high, _, validation = courses_figure([SEVERAL], x_title="", y_title="", training="").data
    assert [*low.y] == [0.3, 0.4] and [*high.y] == [0.5, 0.6] and high.fill == "tonexty"
    assert {trace.legendgroup for trace in (low, high, validation)} == {"#2"}


def test_few_epochs_have_a_tick_each_and_no_halves() -> None:
    few = courses_figure([ALONE], x_title="", y_title="", training="")
    many = courses_figure([Drawn("#1", 0, [1, 500], [0.5, 0.6], [0.4, 0.5])], x_title="", y_title="", training="")
    assert (few.layout.xaxis.dtick, many.layout.xaxis.dtick) == (1, None)


def test_run_of_one_epoch_can_be_seen() -> None:
    figure = courses_figure([Drawn("#1", 0, [1], [0.5], [0.4])], x_title="", y_title="", training="")
    assert {trace.mode for trace in figure.data} == {"lines+markers"}
