"""A bar for each group, in order; names are text, and short."""

import numpy as np
import pandas as pd

from ui.charts.groups import importance_bars, residual_bars, score_bars
from ui.charts.palette import palette

NAMES = ["a", "<b>b</b>", "long " * 30]
SCORES = pd.DataFrame({"rows": [5, 6, 7], "accuracy": [0.5, 0.6, 0.7]})
SCORES = SCORES.assign(accuracy_low=SCORES["accuracy"] - 0.1, accuracy_high=SCORES["accuracy"] + 0.2)
RESIDUALS = pd.DataFrame(
    {"rows": [5, 6], "mean": [0.0, 1.0], "low": [-1.0, 0.5], "high": [1.0, 2.0]}
    | {f"q{share}": [share / 10, share / 5] for share in (10, 25, 50, 75, 90)}
)


def test_slices_have_their_score_and_its_interval() -> None:
    figure = score_bars(NAMES, SCORES, "accuracy", 0.65, 1, title="accuracy", hover="%{x}", percent=True)
    (bars,) = figure.data
    assert [*bars.x] == [0.5, 0.6, 0.7] and [*bars.customdata] == [5, 6, 7]
    np.testing.assert_allclose([bars.error_x.array, bars.error_x.arrayminus], [[0.2] * 3, [0.1] * 3])
    assert bars.marker.color[1] == palette(False).primary != bars.marker.color[0]
    assert figure.layout.shapes[0].x0 == 0.65 and figure.layout.xaxis.tickformat == ".0%"


def test_names_are_text_and_cut_short() -> None:
    ticks = score_bars(NAMES, SCORES, "accuracy", 0.6, title="", hover="").layout.yaxis.ticktext
    assert ticks[1] == "&lt;b&gt;b&lt;/b&gt;" and len(ticks[2]) == 26 and ticks[2].endswith("…")


def test_residuals_have_half_of_the_rows_in_the_bar_and_eight_tenths_in_the_line() -> None:
    tails, bars, means = residual_bars(["a", "b"], RESIDUALS, title="", hover="").data
    assert [*bars.base] == [2.5, 5] and [*bars.x] == [5, 10]
    assert [*tails.x[:2]] == [1, 9] and [*tails.y] == [0, 0, 0, 1, 1, 1]
    assert [*means.x] == [0, 1] and [*means.error_x.array] == [1, 1]


def test_importance_has_a_bar_for_each_column() -> None:
    (bars,) = importance_bars(["x", "y"], [0.3, 0.0], [0.2, -0.1], [0.4, 0.1], title="", hover="").data
    assert [*bars.x] == [0.3, 0]
    np.testing.assert_allclose(bars.error_x.arrayminus, [0.1, 0.1])
