"""A Plotly chart that keeps zoom, hidden lines and its canvas while its numbers come in, one step after another.

`st.plotly_chart` is mounted anew whenever the figure changes; this component calls `Plotly.react` on one lasting node,
with numbers that it has from the server's stream (`pushed`) or from the page.
"""

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from dl.runs.log import Range
from ui.charts.curves import Curve, Look, empty_range, learning_curves_json, rate_change
from ui.components.live import Events, How, Source, component, nothing, plotly_sources


class Asked(NamedTuple):
    """What the user has just clicked: the epoch of a diamond, and for all numbers where no route gives them."""

    epoch: int | None
    csv: bool


_mount = component("live_chart", "html", "css", scripts=("chart_tools",))


def live_chart(
    curves: Sequence[Curve],
    look: Look,
    sources: Sequence[Source],
    *,
    key: str,
    metric: str,
    how: How,
    labels: dict[str, str],
    file: str,
    per_epoch: bool = False,
    recent: bool = False,
    events: Events | None = None,
) -> Asked:
    """Draw the curves of the runs in `sources`, of which the first has its marks shown; `file` names the downloads.

    `recent`: the y axis is fitted to the newer half of the steps. Of the `labels`, `alt` says in words what the chart
    shows, with the gaps {epochs}, {first} and {last}; `saved` has the gap {epoch}, `rate` the gap {rate}; `failed`
    stands where it cannot be drawn, and `title` above a chart that is taken away as a picture.
    """
    data = {
        "figure": learning_curves_json(tuple(curves), look),
        "change": rate_change(look.dark),
        "empty_range": empty_range(look.percent),
        "how": how,
        "metric": metric,
        "per_epoch": per_epoch,
        "recent": recent,
        "smoothing": look.smoothing,
        "sources": [source.plain() for source in sources],
        "pushed": sources[0].pushed,
        "events": events,
        "height": look.height,
        "labels": labels,
        "file": file,
        "plotly": plotly_sources(),
        "zoomed": zoomed_range(key),
    }
    mounted = _mount(
        key=key,
        data=data,
        height=look.height,
        default={"zoomed": None},
        on_zoomed_change=nothing,
        on_picked_change=nothing,
        on_csv_change=nothing,
    )
    return Asked(mounted.picked if type(mounted.picked) is int else None, mounted.csv is True)


def zoomed_range(key: str) -> Range | None:
    """The part of the x axis that the user zoomed to in the chart of this key, as far as the page has to know it."""
    return _valid_range(st.session_state.get(key, {}).get("zoomed"))


def _valid_range(ends: Any) -> Range | None:
    """What the browser sent, if it is a range: it may come from anybody."""
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        return None
    if not all(type(end) in (int, float) and abs(end) <= sys.float_info.max for end in ends):
        return None
    low, high = sorted(float(end) for end in ends)
    return low, high
