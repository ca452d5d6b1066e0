"""Draws nothing: makes the page, or the fragment around it, run again when something of a run has changed.

And has the browser fetch Plotly's script meanwhile, so that the first chart need not wait for it.
"""

from typing import Literal

from ui.components.live import Source, component, nothing
from ui.components.live_chart import plotly_sources

What = Literal["state", "queue", "saved", "compiler"]
_mount = component("live_signal", ())


def live_signal(
    source: Source | None,
    what: What,
    seen: str,
    *,
    key: str,
    only_seen: bool = False,
    title: str = "",
    percent: str = "{number} %",
) -> bool:
    """`seen` is what the page knows now; `only_seen`: it can wait while the place where this stands is not in sight.

    While the run trains, a `title` becomes that of the browser's tab, with its gap {share} filled as `percent` has it.
    Whether the browser has found out that the server's stream cannot be reached.
    """
    sources = [source.plain()] if source and source.pushed else []
    watched = {"sources": sources, "what": what, "seen": seen, "only_seen": only_seen}
    watched |= {"title": title, "percent": percent}
    data = watched | {"prefetch": plotly_sources()[0]}
    default = {"unreachable": False}
    mounted = _mount(key=key, data=data, default=default, on_changed_change=nothing, on_unreachable_change=nothing)
    return bool(sources) and mounted.unreachable is True
