"""The buttons that begin, pause, stop and follow up a run."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st

from dl.runs import Run, Status
from dl.runs.checkpoints import Checkpoint
from dl.runs.recovery import is_left
from dl.runs.run import Wish
from dl.specs import RunSpec
from ui import state
from ui.frame import page_file
from ui.problems import caught
from ui.server import server
from ui.text import t

Weight = Literal["primary", "secondary"]
ICONS = {"pause": ":material/pause:", "resume": ":material/play_arrow:", "stop": ":material/stop:"}
DEAF_SECONDS = 1.75  # a second and a half in the browser, which draws a moment after the server
MAIN = "train_main"  # the place of Pause


def start_run(spec: RunSpec, origin: Checkpoint | None = None) -> None:
    """Queue the run and go and watch it. A data set that is not here gives a sentence."""
    shared = server()

    def submit() -> Run:
        return shared.supervisor.submit(spec, shared.datasets.imported(spec.data.dataset), origin)

    state.choose("dataset", spec.data.dataset)
    begin_once(spec.model_dump_json(), submit)


def begin_once(what: str, make: Callable[[], Run]) -> None:
    """Go and watch the run that `make` makes or, at a second click for the same, the one that the first has made."""
    begun = state.session().begun
    id, at = begun.get(what, ("", 0.0))
    if time.time() - at > state.BEGUN_SECONDS:
        with caught(), state.no_wish_after_an_error():
            id = make().id
            begun[what] = id, time.time()
        state.attach_notice(id)
    state.want(None)  # not before: if a newer click ends this run of the page earlier, the next one goes on
    st.switch_page(page_file("train"), query_params={"run": id})


def run_actions(run: Run, status: Status) -> None:
    """What can be done with the run as it stands. Pause, and what goes on after it, stands last and in one place."""
    has_results = run.results() is not None
    if has_results and status.ended:
        _evaluate_button(run)
    if status.state == "INTERRUPTED":
        _train_again_button(run, status, "train_beside", "secondary")
    if is_left(run, status):
        _wish_button("resume", run, status, "secondary" if status.state == "STOPPED" else "primary")
    elif status.state == "RUNNING":
        _pause_or_take_it_back(run, status)
    elif status.ended:
        _train_again_button(run, status, MAIN, "secondary" if has_results else "primary")


def _pause_or_take_it_back(run: Run, status: Status) -> None:
    """A pause that the run has not come to yet can be taken back."""
    asked = run.requested_at("pause") is not None
    stops = run.requested_at("stop") is not None
    _wish_button("resume" if asked else "pause", run, status, "secondary", disabled=stops)


def stop_button(run: Run, status: Status) -> None:
    """Apart from the others, and never the primary one."""
    if status.state in ("QUEUED", "RUNNING", "PAUSED"):
        asked = status.state == "RUNNING" and run.requested_at("stop") is not None
        _wish_button("stop", run, status, "secondary", disabled=asked)


def _wish_button(wish: Wish, run: Run, status: Status, weight: Weight, disabled: bool = False) -> None:
    """Tells the supervisor what it is named after."""
    word = "go_on" if wish == "resume" and status.state == "STOPPED" else wish
    steady_button(
        t(f"train.{word}"),
        key=f"train_{wish}",
        place="train_stop" if wish == "stop" else MAIN,
        came=_as_it_is(run, status),
        act=partial(getattr(server().supervisor, wish), run),
        icon=ICONS[wish],
        type=weight,
        help=t(f"train.{word}_help"),
        disabled=disabled,
    )


def _evaluate_button(run: Run) -> None:
    if st.button(t("train.evaluate"), icon=":material/grid_on:", key="train_evaluate", type="primary"):
        st.switch_page(page_file("evaluate"), query_params={"run": run.id})


def _train_again_button(run: Run, status: Status, place: str, type: Weight) -> None:
    """The same specification once more, as a new run; of a fork, from where it was forked."""
    if steady_button(
        t("train.again"),
        key="train_again",
        place=place,
        came=_as_it_is(run, status),
        icon=":material/replay:",
        type=type,
        help=t("train.again_help"),
    ):
        with caught():
            spec = run.spec()
            start_run(spec, server().runs.origin(spec, run))


def _as_it_is(run: Run, status: Status) -> str:
    return f"{run.id}/{status.state}/{status.attempt}"


def steady_button(
    label: str, *, key: str, place: str, came: str, act: Callable[[], object] | None = None, **how: Any
) -> bool:
    """A button that comes where another one stood a moment ago: whoever clicks there meant that one.

    So it hears nothing in its first second and a half at its `place`; the page can say so.
    Another text of `came` makes it a new one. `act` is done before the page is drawn again.
    """
    since = state.came(place, f"{key}/{came}")
    clicked = st.button(label, key=key, on_click=_heed, args=(since, act), **how)
    return clicked and not _is_deaf(since)


def _heed(since: float, act: Callable[[], object] | None) -> None:
    if _is_deaf(since):
        state.session().deaf_at = time.time()
    elif act:
        act()


def _is_deaf(since: float) -> bool:
    return time.time() - since < DEAF_SECONDS
