"""State, bar and numbers of a run, which change where they stand while it trains."""

from typing import Any

from ui.components.live import Events, Source, component

_mount = component("live_board")


def live_board(
    source: Source, first: dict[str, Any], texts: dict[str, Any], *, key: str, events: Events | None = None
) -> None:
    """`first` is the run's position (`LiveRun.position`) as the page knows it, until the first event comes."""
    _mount(key=key, data={"source": source.plain(), "first": first, "events": events, **texts})
