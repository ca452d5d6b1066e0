"""A Plotly chart that keeps zoom, hidden lines and its canvas while its numbers change, and tells what was zoomed to.

`st.plotly_chart` is mounted anew whenever the figure changes; this component calls `Plotly.react` on one lasting node.
"""

import functools
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import streamlit as st

from dl.files import write_atomically

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
Range = tuple[float, float]


@dataclass(frozen=True)
class ChartLabels:
    """The words of the buttons on a chart, translated; `failed` stands where a chart cannot be drawn."""

    png: str = "Download as PNG"
    svg: str = "Download as SVG"
    csv: str = "Download the numbers shown as CSV"
    reset: str = "Show everything"
    failed: str = "The chart could not be drawn in this browser."


_mount = st.components.v2.component(
    "livefit_live_chart",
    html=(HERE / "live_chart.html").read_text(encoding="utf-8"),
    css=(HERE / "live_chart.css").read_text(encoding="utf-8"),
    js=(HERE / "live_chart.js").read_text(encoding="utf-8"),
)


def live_chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    height: int | None = None,
    labels: ChartLabels = ChartLabels(),
    file: str = "chart",
) -> int | None:
    """Draw `figure`; `alt` says in words what it shows, `file` names its downloads.

    The whole number that a point carries as its `customdata`, if the user has just clicked on such a point.
    """
    height = height or figure.layout.height or 340
    data = {
        "figure": figure.to_json(validate=False),
        "alt": alt,
        "height": height,
        "labels": asdict(labels),
        "file": file,
        "sources": plotly_sources(),
        "zoomed": zoomed_range(key),
    }
    mounted = _mount(
        key=key,
        data=data,
        height=height,
        default={"zoomed": None},
        on_zoomed_change=_nothing,
        on_picked_change=_nothing,
    )
    return mounted.picked if type(mounted.picked) is int else None


def zoomed_range(key: str) -> Range | None:
    """The part of the x axis that the user zoomed to in the chart of this key; None where it shows everything."""
    return _valid_range(st.session_state.get(key, {}).get("zoomed"))


def _nothing() -> None:
    """A state key exists only when it has a callback."""


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
    own = [f"./static/js/{path.name}" for path in sorted(scripts.glob("PlotlyChart.*.js"))]
    return own + _published_copy()


def _published_copy() -> list[str]:
    """Plotly's script as a static file of the app; without it where the folder cannot be written."""
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = STATIC / "plotly.min.js"
    try:
        if not target.exists() or target.stat().st_size != source.stat().st_size:
            STATIC.mkdir(exist_ok=True)
            write_atomically(target, source.read_bytes())
    except OSError:
        return []
    return ["./app/static/plotly.min.js"]
