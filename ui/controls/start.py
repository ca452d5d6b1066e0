"""The buttons that begin, pause, stop and follow up a run."""

from typing import Any, Literal

import streamlit as st

from dl.datasets import describe
from dl.runs import Run, Status
from dl.runs.checkpoints import Checkpoint
from dl.runs.run import Wish
from dl.specs import RunSpec
from ui import state
from ui.frame import page_file
from ui.problems import caught
from ui.server import server
from ui.text import t

Weight = Literal["primary", "secondary"]


def start_run(spec: RunSpec, origin: Checkpoint | None = None) -> None:
    """Queue the run and go and watch it. A data set that is not here gives a sentence."""
    shared = server()
    with caught():
        run = shared.supervisor.submit(spec, describe(shared.workspace, spec.data.dataset), origin)
    state.choose("dataset", spec.data.dataset)
    state.attach_notice(run.id)
    watch(run)


def watch(run: Run) -> None:
    """Go to its Train page."""
    state.choose("run", run.id)
    st.switch_page(page_file("train"), query_params={"run": run.id})


def run_actions(run: Run, status: Status) -> None:
    """What can be done with the run as it stands; the primary one comes last."""
    if status.state == "RUNNING":
        _pause_or_go_on(run)
        _stop_button(run, "primary", asked=run.requested_at("stop") is not None)
    elif status.state == "QUEUED":
        _stop_button(run, "primary")
    elif status.state == "PAUSED":
        _stop_button(run, "secondary")
        _resume_button(run, "primary")
    elif status.resumable:
        train_again_button(run, "secondary")
        _resume_button(run, "primary")
    elif status.test_accuracy is not None:
        _evaluate_button(run)
    else:
        train_again_button(run, "primary")


def _pause_or_go_on(run: Run) -> None:
    """A pause that the run has not come to yet can be taken back."""
    if run.requested_at("pause") is not None:
        _resume_button(run, "secondary")
        return
    _wish_button("pause", run, "secondary", disabled=run.requested_at("stop") is not None, shortcut="Space")


def _resume_button(run: Run, weight: Weight) -> None:
    _wish_button("resume", run, weight, icon="play_arrow", shortcut="Space")


def _stop_button(run: Run, weight: Weight, asked: bool = False) -> None:
    _wish_button("stop", run, weight, disabled=asked)


def _wish_button(wish: Wish, run: Run, weight: Weight, icon: str = "", **how: Any) -> None:
    """Tells the supervisor what it is named after."""
    st.button(
        t(f"train.{wish}"),
        icon=f":material/{icon or wish}:",
        key=f"train_{wish}",
        type=weight,
        help=t(f"train.{wish}_help"),
        on_click=getattr(server().supervisor, wish),
        args=(run,),
        **how,
    )


def _evaluate_button(run: Run) -> None:
    if st.button(t("train.evaluate"), icon=":material/grid_on:", key="train_evaluate", type="primary"):
        st.switch_page(page_file("evaluate"), query_params={"run": run.id})


def train_again_button(run: Run, type: Weight) -> None:
    """The same specification once more, as a new run; of a fork, from where it was forked."""
    if st.button(t("train.again"), icon=":material/replay:", key="train_again", type=type, help=t("train.again_help")):
        with caught():
            spec = run.spec()
            start_run(spec, server().runs.origin(spec, run))
