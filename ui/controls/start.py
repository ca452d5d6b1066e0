"""The buttons that begin, stop and follow up a run."""

from typing import Literal

import streamlit as st

from dl.datasets import describe
from dl.runs import Run
from dl.specs import RunSpec
from ui import state
from ui.frame import page_file
from ui.problems import caught
from ui.server import server
from ui.text import t


def start_run(spec: RunSpec) -> None:
    """Queue the run and go and watch it. A data set that is not here gives a sentence."""
    shared = server()
    with caught():
        run = shared.supervisor.submit(spec, describe(shared.workspace, spec.data.dataset))
    state.choose("run", run.id)
    state.choose("dataset", spec.data.dataset)
    state.attach_notice(run.id)
    st.switch_page(page_file("train"), query_params={"run": run.id})


def stop_button(run: Run) -> None:
    asked = run.stop_requested_at() is not None
    st.button(
        t("train.stop"),
        icon=":material/stop:",
        key="train_stop",
        type="primary",
        help=t("train.stop_help"),
        on_click=server().supervisor.stop,
        args=(run,),
        disabled=asked,
    )


def evaluate_button(run: Run) -> None:
    if st.button(t("train.evaluate"), icon=":material/grid_on:", key="train_evaluate", type="primary"):
        st.switch_page(page_file("evaluate"), query_params={"run": run.id})


def train_again_button(run: Run, type: Literal["primary", "secondary"]) -> None:
    """The same specification once more, as a new run."""
    if st.button(t("train.again"), icon=":material/replay:", key="train_again", type=type, help=t("train.again_help")):
        with caught():
            start_run(run.spec())
