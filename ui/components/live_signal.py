"""Draws nothing: makes the page, or the fragment around it, run again when something of a run has changed."""

from typing import Literal

from ui.components.live import Source, component, nothing
from ui.components.live_chart import plotly_sources

What = Literal["state", "queue", "saved", "compiler"]
_mount = component("live_signal", ())


def live_signal(source: Source, what: What, seen: str, *, key: str, only_seen: bool = False) -> None:
    """`seen` is what the page knows now; `only_seen`: it can wait while the place where this stands is not in sight."""
    data = {
        "source": source.plain(),
        "what": what,
        "seen": seen,
        "only_seen": only_seen,
        "prefetch": plotly_sources()[0],
    }
    _mount(key=key, data=data, on_changed_change=nothing)
