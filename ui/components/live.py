"""What a run says while it trains, drawn where it stands: the board, a small curve, the weights; and a silent signal.

They share where their numbers come from, and the script that fetches them (`stream.js`).
"""

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from ui.charts.palette import palette

HERE = Path(__file__).parent
SPARK_HEIGHT = 118
NETWORK_HEIGHT = 176  # pixels, whatever the network: what stands below must not move when its weights come
Events = dict[str, dict[str, Any]]
How = dict[str, Any]  # a score is written: `is_share`, and the `unit` it is told in, None for one such as the loss
What = Literal["state", "queue", "saved", "compiler"]


@dataclass(frozen=True)
class Source:
    """A run that a component watches, up to step `until`.

    `pushed`: the browser fetches its events from the routes beside the pages, else the page hands them in. `live`: it
    may still change. `smoothing` is that of the curves; who draws none leaves it to the others on the page.
    """

    run: str
    pushed: bool
    live: bool = True
    smoothing: float | None = None
    until: int | None = None

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def component(name: str, *parts: str, scripts: tuple[str, ...] = ()) -> Any:
    """The component `name` of these parts (html, css), with `stream.js` and other scripts in front of its own."""
    texts: dict[str, Any] = {part: (HERE / f"{name}.{part}").read_text(encoding="utf-8") for part in parts}
    script = "\n".join((HERE / f"{file}.js").read_text(encoding="utf-8") for file in ("stream", *scripts, name))
    return st.components.v2.component(f"livefit_{name}", js=script, **texts)


_board = component("live_board", "html", "css")
_spark = component("live_spark", "html", "css")
_network = component("live_network", "html", "css")
_signal = component("live_signal")


def live_board(
    source: Source, first: dict[str, Any], texts: dict[str, Any], *, key: str, events: Events | None = None
) -> None:
    """State, bar and numbers; `first` is the run's position (`LiveRun.position`) as the page knows it, until the first
    event comes."""
    _board(key=key, data={"source": source.plain(), "first": first, "events": events, **texts})


def live_spark(
    source: Source, metric: str, how: How, label: str, percent: str, *, key: str, events: Events | None = None
) -> None:
    """A metric such as the accuracy, as a number and a small curve; `percent` is the pattern of a share."""
    data = {
        "source": source.plain(),
        "metric": metric,
        "how": how,
        "label": label,
        "percent": percent,
        "events": events,
    }
    _spark(key=key, data=data, height=SPARK_HEIGHT)


def live_network(
    source: Source, names: Sequence[str], words: dict[str, str], *, key: str, events: Events | None, dark: bool
) -> None:
    """The weights as small pictures; `names` are those of all layers of the specification, in order.

    Of the `words`, `layer` is read aloud for a layer's pictures, with {name} and {greatest}, the largest weight.
    """
    data = {"source": source.plain(), "names": list(names), "labels": words, "events": events}
    _network(key=key, data=data | {"colors": palette(dark).diverging}, height=NETWORK_HEIGHT)


def live_signal(
    source: Source | None, what: What, seen: str, *, key: str, only_seen: bool, title: str, percent: str
) -> bool:
    """Draws nothing: makes the page, or the fragment around it, run again when something of a run has changed.

    `seen` is what the page knows now; `only_seen`: it can wait while the place where this stands is not in sight.
    While the run trains, a `title` becomes that of the browser's tab, with its gap {share} filled as `percent` has it.
    And the browser fetches Plotly's script meanwhile, so that the first chart need not wait for it.

    Whether the browser has found out that the server's stream cannot be reached.
    """
    sources = [source.plain()] if source and source.pushed else []
    data = {"sources": sources, "what": what, "seen": seen, "only_seen": only_seen, "title": title, "percent": percent}
    mounted = _signal(
        key=key,
        data=data | {"prefetch": plotly_sources()[0]},
        default={"unreachable": False},
        on_changed_change=nothing,
        on_unreachable_change=nothing,
    )
    return bool(sources) and mounted.unreachable is True


def nothing() -> None:
    """A state key exists only when it has a callback."""


@functools.cache
def plotly_sources() -> list[str]:
    """Addresses of Plotly's script, relative to the page: Streamlit's own copy, then the one in the plotly package."""
    scripts = Path(st.__file__).parent / "static" / "static" / "js"
    return [*(f"./static/js/{path.name}" for path in sorted(scripts.glob("PlotlyChart.*.js"))), "./api/plotly.js"]
