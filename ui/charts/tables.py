"""What the columns of a table hold: distributions, by target too, two columns, and all against all."""

import html
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dl.profiles.pairs import Axis, Pair
from dl.profiles.profile import Associations, ColumnProfile, TargetProfile
from ui.charts.palette import colorscale, empty_figure, mix, palette, run_color
from ui.charts.table_bars import LEVELS, Bars, Words, bars_of

HEIGHT = 320
PAIR_HEIGHT = 480
CELLS_WITH_COUNTS = 120
CLASSES = 8  # with a colour of their own
CELL = 26  # of the map of correlations, in pixels
LONGEST = 24  # characters of a name


def distribution(column: ColumnProfile, words: Words, *, x_title: str = "", dark: bool = False) -> go.Figure:
    """All rows where the column is known."""
    bars = bars_of(column, words, levels=3 * LEVELS)
    figure = empty_figure(dark).add_trace(_plain_bars(bars, words, palette(dark).primary))
    return _finish(figure, bars, x_title, words.rows)


def distribution_by_target(
    column: ColumnProfile,
    target: TargetProfile,
    words: Words,
    *,
    shares: bool = False,
    x_title: str = "",
    dark: bool = False,
) -> go.Figure:
    """Bars stacked by class; with `shares` each bar is whole. For a number to be predicted, its mean over the bars."""
    bars = bars_of(column, words, levels=2 * LEVELS)
    figure = empty_figure(dark)
    if target.ranges:
        figure.add_trace(_plain_bars(bars, words, mix(palette(dark).primary, palette(dark).background, 0.7)))
        figure.add_trace(_mean_line(bars, words, dark))
        second = {
            "overlaying": "y",
            "side": "right",
            "title": {"text": html.escape(words.mean, quote=False)},
            "showgrid": False,
            "tickmode": "auto",
            "nticks": 5,
        }
        figure.update_layout(yaxis2=second)
        return _finish(figure, bars, x_title, words.rows)
    figure.add_traces(list(_class_traces(bars, target, words, shares, dark)))
    figure.update_layout(barmode="stack", legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.update_yaxes(tickformat=".0%" if shares else None)
    return _finish(figure, bars, x_title, words.share if shares else words.rows)


def two_columns(pair: Pair, words: Words, *, dark: bool = False) -> go.Figure:
    """Points coloured by target while there are few rows, else how dense they lie, on a logarithmic scale."""
    figure = empty_figure(dark)
    if pair.points:
        figure.add_traces(list(_point_traces(pair, dark)))
    else:
        figure.add_trace(_density(pair, words, dark))
        figure.update_xaxes(showgrid=False).update_yaxes(showgrid=False)
    for axis, update in ((pair.x, figure.update_xaxes), (pair.y, figure.update_yaxes)):
        update(title_text=html.escape(_short(axis.name), quote=False))
        if axis.levels:
            update(tickvals=np.arange(axis.size), ticktext=[html.escape(_short(name)) for name in axis.levels])
    figure.update_layout(height=PAIR_HEIGHT, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return figure


def correlations(associations: Associations, names: Sequence[str], *, dark: bool = False) -> go.Figure:
    """Each column against each, from -1 over 0 (like the page) to 1; `names` are those of its fields."""
    labels = [html.escape(_short(name), quote=False) for name in names]
    values = np.array(associations.values).reshape(len(names), len(names))
    heat = go.Heatmap(
        z=values,
        x=np.arange(len(names)),
        y=np.arange(len(names)),
        zmin=-1,
        zmax=1,
        colorscale=colorscale(palette(dark).diverging),
        customdata=np.array([[f"{one} · {other}" for one in labels] for other in labels], dtype=object),
        hovertemplate="%{customdata}<br><b>%{z:.2f}</b><extra></extra>",
        colorbar={"thickness": 8, "outlinewidth": 0, "nticks": 5},
        xgap=1,
        ygap=1,
    )
    figure = empty_figure(dark).add_trace(heat)
    figure.update_layout(height=160 + CELL * len(names))
    figure.update_xaxes(tickvals=np.arange(len(names)), ticktext=labels, tickangle=-45, showgrid=False)
    return figure.update_yaxes(
        tickvals=np.arange(len(names)), ticktext=labels, autorange="reversed", showgrid=False, constrain="domain"
    )


def _class_traces(bars: Bars, target: TargetProfile, words: Words, shares: bool, dark: bool) -> Iterator[go.Bar]:
    whole = np.maximum(bars.counts.sum(axis=1), 1)
    form = ".1%" if shares else ","
    for place, name, counts in _by_class(bars.counts, target, words):
        named = html.escape(_short(name), quote=False)
        yield go.Bar(
            x=bars.places,
            y=counts / whole if shares else counts,
            width=bars.widths,
            name=named,
            marker={"color": palette(dark).muted if place < 0 else run_color(place, dark)},
            customdata=_labels(bars),
            hovertemplate=f"%{{customdata}}<br>{named} <b>%{{y:{form}}}</b><extra></extra>",
        )


def _by_class(
    counts: NDArray[np.int64], target: TargetProfile, words: Words
) -> Iterator[tuple[int, str, NDArray[np.int64]]]:
    """The first classes with their place, then all others together and what is missing, both with place -1."""
    shown = min(CLASSES, len(target.levels))
    for place in range(shown):
        yield place, target.levels[place], counts[:, place]
    if (others := counts[:, shown:-1].sum(axis=1)).any():
        yield -1, words.others, others
    if counts[:, -1].any():
        yield -1, words.missing, counts[:, -1]


def _plain_bars(bars: Bars, words: Words, color: str) -> go.Bar:
    return go.Bar(
        x=bars.places,
        y=bars.counts.sum(axis=1),
        width=bars.widths,
        name=words.rows,
        marker={"color": color},
        customdata=_labels(bars),
        hovertemplate="%{customdata}<br><b>%{y:,}</b><extra></extra>",
        showlegend=False,
    )


def _mean_line(bars: Bars, words: Words, dark: bool) -> go.Scatter:
    """Levels have no order, so nothing leads from one to the next."""
    return go.Scatter(
        x=bars.places,
        y=np.array(bars.means, float),
        yaxis="y2",
        mode="markers" if bars.widths is None else "lines+markers",
        name=words.mean,
        line={"color": palette(dark).primary, "width": 3},
        marker={"size": 10 if bars.widths is None else 6},
        customdata=_labels(bars),
        hovertemplate="%{customdata}<br><b>%{y:.4~g}</b><extra></extra>",
        showlegend=False,
    )


def _finish(figure: go.Figure, bars: Bars, x_title: str, y_title: str) -> go.Figure:
    figure.update_layout(height=HEIGHT, bargap=0.08)
    figure.update_yaxes(title_text=y_title, rangemode="tozero", selector={"overlaying": None})
    if bars.widths is None:
        ticks = [html.escape(_short(label), quote=False) for label in bars.labels]
        figure.update_xaxes(tickvals=bars.places, ticktext=ticks)
    return figure.update_xaxes(title_text=html.escape(x_title, quote=False), showgrid=False)


def _density(pair: Pair, words: Words, dark: bool) -> go.Heatmap:
    """A cell without rows is empty; where there are few cells, each says its count."""
    is_small = bool(pair.x.levels and pair.y.levels) and pair.counts.size <= CELLS_WITH_COUNTS
    counts = np.where(pair.counts > 0, pair.counts, np.nan)
    return go.Heatmap(
        x=_centres(pair.x),
        y=_centres(pair.y),
        z=np.log10(counts),
        customdata=counts,
        colorscale=colorscale(palette(dark).sequential[1:]),
        hovertemplate=f"<b>%{{customdata:,}}</b> {html.escape(words.rows, quote=False)}<extra></extra>",
        hoverongaps=False,
        showscale=False,
        texttemplate="%{customdata:,}" if is_small else None,
        xgap=1 if is_small else 0,
        ygap=1 if is_small else 0,
    )


def _point_traces(pair: Pair, dark: bool) -> Iterator[go.Scatter]:
    """One trace a class, or one that is coloured by the number to be predicted; levels are jittered a little."""
    points = pair.points
    assert points
    x, y = (_jittered(axis, values) for axis, values in ((pair.x, points.x), (pair.y, points.y)))
    marker: dict[str, Any] = {"size": 6, "opacity": 0.7}
    if not any(isinstance(target, str) for target in points.targets):
        colors = np.array([np.nan if target is None else target for target in points.targets], dtype=object)
        marker |= {"color": colors, "colorscale": colorscale(palette(dark).sequential[2:]), "showscale": True}
        yield go.Scatter(x=x, y=y, mode="markers", marker=marker, customdata=points.rows, showlegend=False)
        return
    for place, name in enumerate(sorted({str(target) for target in points.targets if target is not None})):
        chosen = np.array([target == name for target in points.targets])
        named = html.escape(_short(name), quote=False)
        color = {"color": run_color(place, dark)}
        rows = points.rows[chosen]
        yield go.Scatter(x=x[chosen], y=y[chosen], mode="markers", name=named, marker=marker | color, customdata=rows)


def _jittered(axis: Axis, values: NDArray[np.float64]) -> NDArray[Any]:
    if axis.levels:
        return values + np.random.default_rng(0).uniform(-0.3, 0.3, len(values))
    return values.astype("int64").astype("datetime64[us]") if axis.kind == "date" else values


def _centres(axis: Axis) -> NDArray[Any]:
    if axis.levels:
        return np.arange(axis.size)
    centres = (axis.edges[1:] + axis.edges[:-1]) / 2
    return centres.astype("int64").astype("datetime64[us]") if axis.kind == "date" else centres


def _labels(bars: Bars) -> list[str]:
    return [html.escape(label, quote=False) for label in bars.labels]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
