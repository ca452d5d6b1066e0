"""Is it learning? One run, live; the run is in the URL, so a refresh or a second tab finds it again."""

import streamlit as st

from dl.errors import LivefitError
from dl.runs.log import read_schema
from ui import state
from ui.frame import open_page, page_file, page_head, set_title
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.live import is_pushed, run_again_when_state_changes, tick
from ui.shared.run_menu import run_dialogs, run_menu
from ui.shared.runs import may_change, run_switch, tab_title, wanted_run
from ui.shared.start import run_actions, stop_button
from ui.text import t
from ui.train.curves import curves_view, weights_view
from ui.train.forks import fork_dialog
from ui.train.learning_rate import learning_rate_controls
from ui.train.lineage import lineage_view
from ui.train.progress import engine_view, progress_view, queue_view
from ui.train.saved_epochs import saved_epochs_view
from ui.train.view import chart_places, view_controls

TICK_SECONDS = 0.3
SLOW_SECONDS = 2.0

open_page("train")
wanted = wanted_run()
if wanted is None:
    page_head("train")
    st.info(t("train.empty"), icon=":material/show_chart:")
    st.page_link(page_file("configure"), label=t("train.to_configure"), icon=":material/account_tree:")
    st.stop()
try:
    run = server().runs.get(wanted)
    status, metrics = run.status(), read_schema(run.folder).metrics
except LivefitError as error:
    page_head("train")
    run_switch(wanted)
    st.error(sentence(error), icon=":material/error:")
    st.stop()
state.choose("run", run.id)
if status.ended or status.state == "PAUSED":
    state.session().watched = None


def chosen_run() -> None:
    run_switch(run.id)
    run_menu(run)
    learning_rate_controls(run, status)
    run_again_when_state_changes(run, key=f"train_state_{run.id}")


page_head("train", lambda: run_actions(run, status), beside=chosen_run, keys={" ": ("train_pause", "train_resume")})
with st.container(horizontal=True, gap="medium", key="train_top"):
    top = st.container(width="stretch")
    stop_button(run, status)
places = chart_places(metrics)
network, beside = st.columns([3, 2], gap="medium")
with beside:
    view = view_controls(run)
    queue = st.container()
    lineage_view(run)
is_training = status.state == "RUNNING"


def live() -> None:
    """Drawn once where the rest is pushed, else again at each tick; a new state of the run needs the whole page."""
    with caught():
        now = run.status()
        set_title(tab_title(run, now))
        with top:
            progress_view(run, view.smoothing)
        curves_view(run, view, places)
        with network:
            weights_view(run)
    if now.state != status.state:
        st.rerun()


moving = any(map(may_change, (run, *view.overlays))) or server().supervisor.queue()
waiting = SLOW_SECONDS if status.state == "PAUSED" else None  # for what is done in another window
if is_pushed():
    live()
else:
    st.fragment(live, run_every=TICK_SECONDS if moving else waiting)()
with queue:
    st.fragment(queue_view, run_every=tick(SLOW_SECONDS) if moving else None)()

with st.expander(t("train.saved"), icon=":material/bookmark:"):
    st.fragment(saved_epochs_view, run_every=tick(SLOW_SECONDS) if is_training else None)(run)
with st.expander(t("train.engine"), icon=":material/memory:"):
    st.fragment(engine_view, run_every=tick(SLOW_SECONDS) if is_training else None)(run)
with st.expander(t("train.log"), icon=":material/article:", expanded=status.state == "FAILED"):
    st.code(run.log_tail() or t("train.log_empty"), language=None, height=240)
fork_dialog(run)
run_dialogs()
