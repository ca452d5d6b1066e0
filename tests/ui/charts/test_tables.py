"""What the pictures of a table show is what its profile counted."""

import numpy as np
import pytest

from dl.profiles.pairs import Axis, Pair, Points
from dl.profiles.profile import Associations, ColumnProfile, Estimate, Histogram, Level, NumberProfile, TargetProfile
from ui.charts import tables
from ui.charts.palette import palette, run_color
from ui.charts.table_bars import Words, bars_of, target_by_bar

WORDS = Words(rows="rows", share="share", others="others", missing="missing", mean="mean price")
ONE = Estimate(value=0.5, low=0.5, high=0.5)
CLASSES = TargetProfile(field="c9", levels=("no", "yes"), train=(7, 5, 0, 1), test=(0, 0, 0, 0))
PRICE = TargetProfile(field="c9", ranges=((0, 1), (1, 2)), train=(6, 6, 1), test=(0, 0, 0))


def number_column(kind: str = "number", means: tuple[float | None, ...] = ()) -> ColumnProfile:
    """2 rows below 10, 3 in 10-20, 8 in 20-30, none above; 1 of them without a target."""
    histogram = Histogram(
        edges=(10, 20, 30), counts=((2, 0, 0, 0), (3, 0, 0, 0), (2, 5, 0, 1), (0,) * 4), target_means=means
    )
    number = NumberProfile(
        mean=ONE, standard_deviation=1, least=-5, greatest=29, inner=(0, 29), end_counts=(1, 1), is_whole=True,
        quantiles=(ONE,) * 7, histogram=histogram, fences=(-100, 100), outside=(0, 0),
    )  # fmt: skip
    return _column(kind, number=number)


def word_column(levels: int = 2) -> ColumnProfile:
    names = ["<b>a</b>", *(f"level {place}" for place in range(1, levels))]
    frequent = tuple(Level(value=name, counts=(2, 1, 0, 0), share=ONE, target_mean=3.0) for name in names)
    return _column("category", frequent=frequent, other=(1, 0, 0, 0))


def _column(kind: str, **fields: object) -> ColumnProfile:
    usual = {"name": "x", "field": "c0", "role": "feature", "missing": ONE, "missing_counts": (0,) * 4, "distinct": ONE}
    usual |= {"relation": ONE, "relation_in_detail": 0.5, "frequent": (), "other": (2, 5, 0, 1)}
    return ColumnProfile.model_validate({**usual, "kind": kind, **fields})


def test_bars_of_a_number_reach_from_its_least_value_and_leave_empty_ends_out() -> None:
    bars = bars_of(number_column(), WORDS)
    assert bars.counts.sum(axis=1).tolist() == [2, 3, 8]
    assert bars.labels == ("-5 – 10", "10 – 20", "20 – 30")
    assert bars.widths is not None and bars.widths.tolist() == [15, 10, 10]


def test_bars_of_levels_end_with_all_others() -> None:
    bars = bars_of(word_column(levels=4), WORDS, levels=3)
    assert bars.labels == ("<b>a</b>", "level 1", "level 2", "others")
    assert bars.counts.sum(axis=1).tolist() == [3, 3, 3, 4]


def test_target_by_bar_is_the_share_of_the_class_that_differs_or_the_mean() -> None:
    assert target_by_bar(bars_of(number_column(), WORDS), CLASSES).tolist() == pytest.approx([0, 0, 5 / 7])
    means = (1.0, 2.0, 4.0, None)
    assert target_by_bar(bars_of(number_column(means=means), WORDS), PRICE).tolist() == [1, 2, 4]


def test_distribution_by_class_is_stacked_in_the_colours_of_the_classes() -> None:
    figure = tables.distribution_by_target(number_column(), CLASSES, WORDS)
    assert [trace.name for trace in figure.data] == ["no", "yes", "missing"]
    assert [trace.y.tolist() for trace in figure.data] == [[2, 3, 2], [0, 0, 5], [0, 0, 1]]
    assert [trace.marker.color for trace in figure.data] == [
        run_color(0, False),
        run_color(1, False),
        palette(False).muted,
    ]
    shares = tables.distribution_by_target(number_column(), CLASSES, WORDS, shares=True)
    assert np.sum([trace.y for trace in shares.data], axis=0).tolist() == [1, 1, 1]


def test_distribution_by_number_has_its_mean_on_a_second_axis() -> None:
    figure = tables.distribution_by_target(number_column(means=(1.0, 2.0, 4.0, None)), PRICE, WORDS)
    assert figure.data[1].y.tolist() == [1, 2, 4] and figure.data[1].yaxis == "y2"
    assert figure.layout.yaxis2.title.text == "mean price" and figure.layout.yaxis.title.text == "rows"


def test_dates_stand_at_their_time() -> None:
    day = 86_400e6
    column = number_column("date")
    assert column.number
    histogram = Histogram(edges=(0, day, 2 * day), counts=((0,), (3,), (4,), (0,)))
    number = column.number.model_copy(update={"histogram": histogram, "least": 0.0, "greatest": day})
    bars = bars_of(column.model_copy(update={"number": number}), WORDS)
    assert bars.labels == ("1970-01-01 – 1970-01-02", "1970-01-02 – 1970-01-03")
    assert bars.places.tolist()[0].isoformat() == "1970-01-01T12:00:00"
    assert bars.widths is not None and bars.widths.tolist() == [86_400_000, 86_400_000]


X, Y = Axis("n", "number", np.array([0.0, 1.0, 2.0])), Axis("<i>w</i>", "category", np.empty(0), ("a", "<b>"))


def test_density_leaves_empty_cells_empty_and_names_levels_as_text() -> None:
    figure = tables.two_columns(Pair(X, Y, np.array([[0, 100], [10, 1]])), WORDS)
    (heat,) = figure.data
    assert np.isnan(heat.z[0, 0]) and heat.z[0, 1] == 2 and heat.customdata[1, 0] == 10
    assert (
        list(figure.layout.yaxis.ticktext) == ["a", "&lt;b&gt;"]
        and figure.layout.yaxis.title.text == "&lt;i&gt;w&lt;/i&gt;"
    )


@pytest.mark.parametrize(("targets", "traces"), [(("no", "yes", None), 2), ((1.5, 2.5, None), 1)])
def test_points_are_coloured_by_the_target(targets: tuple, traces: int) -> None:
    points = Points(np.array([4, 5, 6]), np.array([0.5, 1.5, 1.0]), np.array([0.0, 1.0, 1.0]), targets)
    figure = tables.two_columns(Pair(X, Y, np.zeros((2, 2), int), points), WORDS)
    assert len(figure.data) == traces
    assert np.abs(figure.data[0].y - points.y[: len(figure.data[0].y)]).max() < 0.5


def test_map_of_correlations_is_white_at_zero() -> None:
    found = Associations(fields=("c0", "c1"), values=((1.0, -0.5), (-0.5, 1.0)), rows=10)
    (heat,) = tables.correlations(found, ["a", "<b>"]).data
    assert (heat.zmin, heat.zmax) == (-1, 1) and heat.z.tolist() == [[1, -0.5], [-0.5, 1]]
    assert heat.customdata[0][1] == "&lt;b&gt; · a"


@pytest.mark.parametrize("dark", [False, True])
def test_every_picture_is_drawn_in_light_and_dark(dark: bool) -> None:
    column, found = number_column(), Associations(fields=("c0",), values=((1.0,),), rows=10)
    for figure in (
        tables.distribution(word_column(), WORDS, dark=dark),
        tables.distribution_by_target(column, CLASSES, WORDS, dark=dark),
        tables.two_columns(Pair(X, Y, np.ones((2, 2), int)), WORDS, dark=dark),
        tables.correlations(found, ["a"], dark=dark),
    ):
        assert figure.layout.template.layout.font.color == palette(dark).text
        assert figure.to_json()
