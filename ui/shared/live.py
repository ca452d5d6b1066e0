"""How a page comes to what is new in a run: pushed by the server or, where that cannot be, asked for at each tick."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dl.errors import LivefitError
from dl.runs import Run
from dl.runs.live import Cursor, LiveRun
from dl.runs.log import Range
from ui import state
from ui.components.live import Events, Source, What, live_signal
from ui.frame import set_title
from ui.server import server
from ui.shared.runs import STATE_ICONS, may_change, readable_status, run_label, running_title, tab_title
from ui.text import plain, t

POLL_SECONDS = 2.0


def is_pushed() -> bool:
    """Whether the server streams what is new, and this session's browser gets it."""
    return server().pushes.is_set() and state.session().stream_is_reachable


def source_of(run: Run, smoothing: float | None = None, until: int | None = None, others: bool = False) -> Source:
    """`others`: it may be taken up in another window, and this page shall see it."""
    status = readable_status(run)
    live = until is None and status is not None and (may_change(run) or (others and status.resumable))
    return Source(run.id, is_pushed(), live, smoothing, until)


def events_of(
    sources: Sequence[Source],
    zoomed: Range | None = None,
    metrics: Sequence[str] | None = None,
    weights: bool = False,
) -> Events | None:
    """What the browser would be sent, for those that are not pushed; None if the server does that itself.

    The `weights`, which are the most of it, for who draws them.
    """
    asked = [source for source in sources if not source.pushed]
    found = {source.run: _news(source, zoomed, metrics) for source in asked}
    if not weights:
        for news in found.values():
            (news or {}).pop("weights", None)
    return {run: news for run, news in found.items() if news} or None


def _news(source: Source, zoomed: Range | None, metrics: Sequence[str] | None) -> dict[str, Any] | None:
    """None for a run that cannot be read."""
    try:
        live = LiveRun(Run(server().runs.folder / source.run), source.until)
        live.refresh()
        return live.news(Cursor(), source.smoothing or 0.0, zoomed, metrics) | {"queue": server().waiting()}
    except LivefitError:
        return None


def run_again_when(run: Run, what: What, seen: str, *, key: str, only_seen: bool = False) -> None:
    """The page, or the fragment around this, runs again when that of the run is no longer as `seen`."""
    _signal(source_of(run), what, seen, key, only_seen)


def run_again_when_state_changes(run: Run | None, *, key: str, title: str = "") -> None:
    """`title` is that of the browser's tab while the run trains, with the gap {share}."""
    status = readable_status(run) if run else None
    seen = f"{status.state}/{status.attempt}" if status else ""
    _signal(source_of(run, others=True) if run else None, "state", seen, key, title=title)


def _signal(source: Source | None, what: What, seen: str, key: str, only_seen: bool = False, title: str = "") -> None:
    if live_signal(source, what, seen, key=key, only_seen=only_seen, title=title, percent=t("format.percent")):
        state.session().stream_is_reachable = False  # from now on this session asks
        st.rerun()


def tick(seconds: float) -> float | None:
    """How often a fragment has to ask for what would else be pushed."""
    return None if is_pushed() else seconds


def watch_runs() -> None:
    """A word when a run ends while one is looking at another page than Train, which shows the end itself."""
    moving = server().supervisor.running() or state.session().watched
    st.fragment(_watch, run_every=tick(POLL_SECONDS) if moving else None)()


def _watch() -> None:
    shared = server()
    running, before = shared.supervisor.running(), state.session().watched
    state.session().watched = running.id if running else None
    status = readable_status(running) if running else None
    set_title(tab_title(running, status) if running and status else t(f"nav.{state.session().page}"))
    title = running_title(running) if running else ""
    run_again_when_state_changes(shared.current_run(), key="watch_state", title=title)
    if before and (running is None or running.id != before):
        run = Run(shared.runs.folder / before)  # which may be gone
        if status := readable_status(run):
            words = t("frame.run_ended", run=plain(run_label(run)), state=t(f"state.{status.state}"))
            st.toast(words, icon=STATE_ICONS[status.state])
