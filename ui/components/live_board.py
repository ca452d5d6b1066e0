"""State, bar and numbers of a run, which change where they stand while it trains."""

from typing import Any

from ui.components.live import Events, Source, component, nothing

_mount = component("live_board")


def live_board(
    source: Source, first: dict[str, Any], texts: dict[str, Any], *, key: str, events: Events | None = None
) -> bool:
    """`first` is the run's position (`LiveRun.position`) as the page knows it, for the moment before the first event.

    Whether the browser has found out that the server's stream cannot be reached.
    """
    data = {"source": source.plain(), "first": first, "events": events, **texts}
    mounted = _mount(key=key, data=data, default={"unreachable": False}, on_unreachable_change=nothing)
    return mounted.unreachable is True
