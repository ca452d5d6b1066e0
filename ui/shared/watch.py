"""A word when a run ends while one is looking at another page."""

import streamlit as st

from dl.runs import Run
from ui import state
from ui.frame import set_title
from ui.server import server
from ui.shared.live import run_again_when_state_changes, tick
from ui.shared.runs import STATE_ICONS, readable_status, run_label
from ui.shared.titles import running_title, tab_title
from ui.text import plain, t

POLL_SECONDS = 2.0


def watch_runs() -> None:
    """The Train page, which shows the end itself, does not call it."""
    moving = server().supervisor.running() or state.watched_run()
    st.fragment(_look, run_every=tick(POLL_SECONDS) if moving else None)()


def _look() -> None:
    shared = server()
    running, before = shared.supervisor.running(), state.watched_run()
    state.watch_run(running.id if running else None)
    status = readable_status(running) if running else None
    set_title(tab_title(running, status) if running and status else t(f"nav.{state.page()}"))
    watched = running or next(iter(shared.supervisor.queue()), None)
    title = running_title(running) if running else ""
    run_again_when_state_changes(watched, key="watch_state", title=title)
    if before and (running is None or running.id != before):
        run = Run(shared.runs.folder / before)  # which may be gone
        if status := readable_status(run):
            words = t("frame.run_ended", run=plain(run_label(run)), state=t(f"state.{status.state}"))
            st.toast(words, icon=STATE_ICONS[status.state])
