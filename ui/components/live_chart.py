"""A Plotly chart that keeps zoom, hidden lines and its canvas while its numbers come in, one step after another.

`st.plotly_chart` is mounted anew whenever the figure changes; this component calls `Plotly.react` on one lasting node,
with numbers that it has from the server's stream (`pushed`) or from the page.
"""

import functools
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from dl.runs.log import Range
from ui.charts.curves import Curve, Look, empty_range, learning_curves_json
from ui.charts.marks import rate_change
from ui.components.live import Events, Source, component, nothing


@dataclass(frozen=True)
class ChartLabels:
    """The words on and about a chart, translated; `failed` stands where it cannot be drawn.

    `alt` says in words what it shows, with the gaps {epochs}, {first} and {last}; `saved` has the gap {epoch} and
    `rate` the gap {rate}; `title` stands above a chart that is taken away as a picture.
    """

    png: str = "Download as PNG"
    svg: str = "Download as SVG"
    csv: str = "Download all its numbers as CSV"
    reset: str = "Show everything"
    failed: str = "The chart could not be drawn in this browser."
    alt: str = "{epochs} epochs: from {first} to {last}"
    alt_empty: str = "Nothing yet"
    saved: str = "Saved after epoch {epoch}"
    rate: str = "learning rate {rate}"
    title: str = ""
    percent: str = "{number} %"


class Asked(NamedTuple):
    """What the user has just clicked: the epoch of a diamond, and for all numbers where no route gives them."""

    epoch: int | None
    csv: bool


_mount = component("live_chart", scripts=("chart_tools",))


def live_chart(
    curves: Sequence[Curve],
    look: Look,
    sources: Sequence[Source],
    *,
    key: str,
    metric: str,
    per_epoch: bool = False,
    recent: bool = False,
    events: Events | None = None,
    labels: ChartLabels = ChartLabels(),
    file: str = "chart",
) -> Asked:
    """Draw the curves of the runs in `sources`, of which the first has its marks shown; `file` names the downloads.

    `recent`: the y axis is fitted to the newer half of the steps.
    """
    data = {
        "figure": learning_curves_json(tuple(curves), look),
        "change": rate_change(look.dark),
        "empty_range": empty_range(look.percent),
        "is_share": look.percent,
        "metric": metric,
        "per_epoch": per_epoch,
        "recent": recent,
        "smoothing": look.smoothing,
        "sources": [source.plain() for source in sources],
        "pushed": sources[0].pushed,
        "events": events,
        "height": look.height,
        "labels": asdict(labels),
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


@functools.cache
def plotly_sources() -> list[str]:
    """Addresses of Plotly's script, relative to the page: Streamlit's own copy, then the one in the plotly package."""
    scripts = Path(st.__file__).parent / "static" / "static" / "js"
    return [*(f"./static/js/{path.name}" for path in sorted(scripts.glob("PlotlyChart.*.js"))), "./api/plotly.js"]
