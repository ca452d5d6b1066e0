"""Is it learning? One run, live; the run is in the URL, so a refresh or a second tab finds it again."""

import streamlit as st

from ui import state
from ui.controls.curves import curves_view, view_controls
from ui.controls.progress import progress_view, queue_view, result_view, tab_title
from ui.controls.runs import run_choice, run_switch
from ui.controls.start import evaluate_button, stop_button, train_again_button
from ui.frame import open_page, page_file, page_head, set_title
from ui.problems import caught
from ui.server import server
from ui.text import t

TICK_SECONDS = 0.5

open_page("train")
run = run_choice()
if run is None:
    page_head("train")
    st.info(t("train.empty"), icon=":material/show_chart:")
    st.page_link(page_file("configure"), label=t("train.to_configure"), icon=":material/account_tree:")
    st.stop()

with caught():
    status = run.status()


def actions() -> None:
    if not status.ended:
        stop_button(run)
    elif status.test_accuracy is not None:
        evaluate_button(run)
    else:
        train_again_button(run, "primary")


page_head("train", actions)
run_switch(run)
if notice := state.take_notice():
    st.info(notice, icon=":material/info:")
if status.ended:
    result_view(status)
top = st.container()
view = view_controls(run)
charts = st.container()


def live() -> None:
    """Drawn again at each tick; when the run ends, the whole page is."""
    with caught():
        now = run.status()
        set_title(tab_title(run, now))
        with top:
            progress_view(run, now)
        with charts:
            curves_view(run, view)
            queue_view(run)
    if now.state != status.state:
        st.rerun()


st.fragment(live, run_every=None if status.ended and not server().supervisor.queue() else TICK_SECONDS)()

with st.expander(t("train.log"), icon=":material/article:", expanded=status.state == "FAILED"):
    st.code(run.log_tail() or t("train.log_empty"), language=None, height=240)
if status.ended and status.test_accuracy is not None:
    train_again_button(run, "secondary")
