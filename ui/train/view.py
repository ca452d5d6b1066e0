"""How the curves of Train are drawn: what the user chose stands in the URL, and holds for all runs of the session."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dl.runs import Run
from dl.tasks.metrics import LOSS
from ui import state
from ui.format import metric_name
from ui.server import server
from ui.shared.runs import MOST_OVERLAYS, RUNS_IN_LIST, run_label
from ui.shared.switches import switch
from ui.text import t

MOST_IN_A_ROW = 3
POINTS = ("step", "epoch")
HEAD_HEIGHT = 36  # the same for all, or the charts would not stand in one line
SMOOTHING, MOST_SMOOTHING = 0.9, 0.99
USUAL = {"points": "step", "log": False, "recent": False, "smoothing": SMOOTHING, "overlay": []}


@dataclass(frozen=True)
class View:
    """How the curves are drawn; `recent`: the axis of the loss is fitted to the newer half of the steps."""

    per_epoch: bool
    logarithmic: bool
    recent: bool
    smoothing: float
    overlays: tuple[Run, ...]


def chart_places(metrics: Sequence[str]) -> dict[str, DeltaGenerator]:
    """The loss and what else is measured side by side: under the title of each the place for its chart.

    What concerns the loss alone is set beside its title, what concerns all of them beside the next one's.
    """
    places: dict[str, DeltaGenerator] = {}
    for number, column in enumerate(_columns(len(metrics))):
        with column, st.container(gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", height=HEAD_HEIGHT, border=False):
                st.header(metric_name(metrics[number]), anchor=False, width="content")
                if metrics[number] == LOSS.name:
                    _scale_controls()
                if number == min(1, len(metrics) - 1):
                    _points_control()
            places[metrics[number]] = st.container()
    return places


def _columns(count: int) -> list[DeltaGenerator]:
    """Side by side as long as they can be read; four stand two by two."""
    if count <= MOST_IN_A_ROW:
        return st.columns(count, gap="medium")
    rows = [st.columns(2, gap="medium") for _ in range(-(-count // 2))]
    return [column for row in rows for column in row][:count]


def _scale_controls() -> None:
    _switch("log", "train.logarithmic")
    _switch("recent", "train.recent")


def _points_control() -> None:
    wanted = str(state.chosen("points"))
    switch(
        t("train.points"),
        POINTS,
        wanted,
        lambda name: t(f"train.per_{name}"),
        key="train_points",
        on_change=partial(_keep, "points"),
    )


def view_controls(run: Run) -> View:
    """Smoothing and other runs beside this one, and all that was chosen."""
    known, wanted = _comparable(run)
    labels = {id: run_label(other) for id, other in known.items()}
    st.session_state["train_overlay"] = wanted
    st.session_state["train_smoothing"] = _smoothing()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider(
            t("train.smoothing"),
            0.0,
            MOST_SMOOTHING,
            step=0.01,
            key="train_smoothing",
            width=170,
            on_change=_keep,
            args=("smoothing",),
        )
        st.multiselect(
            t("train.overlay"),
            list(known),
            format_func=labels.__getitem__,
            key="train_overlay",
            placeholder=t("train.overlay_placeholder"),
            max_selections=MOST_OVERLAYS,
            on_change=_keep,
            args=("overlay",),
        )
    for name in USUAL:  # in the URL too, where another page or another run has left it out
        _keep(name)
    return View(
        per_epoch=st.session_state["train_points"] == "epoch",
        logarithmic=st.session_state["train_log"],
        recent=st.session_state["train_recent"],
        smoothing=st.session_state["train_smoothing"],
        overlays=tuple(known[id] for id in st.session_state["train_overlay"]),
    )


def _comparable(run: Run) -> tuple[dict[str, Run], list[str]]:
    """The newest runs by id, with those that are wanted beside this one, however old; and the ids of these."""
    runs = {other.id: other for other in server().runs.list() if other.id != run.id}
    wanted = [id for id in dict.fromkeys((state.chosen("overlay") or "").split(",")) if id in runs][:MOST_OVERLAYS]
    return {id: runs[id] for place, id in enumerate(runs) if place < RUNS_IN_LIST or id in wanted}, wanted


def _switch(name: str, text: str) -> None:
    st.session_state[f"train_{name}"] = state.chosen(name) == "true"
    st.toggle(t(text), key=f"train_{name}", help=t(f"{text}_help"), on_change=_keep, args=(name,))


def _smoothing() -> float:
    """A URL may hold anything."""
    try:
        wanted = float(state.chosen("smoothing") or SMOOTHING)
    except ValueError:
        return SMOOTHING
    return wanted if 0 <= wanted <= MOST_SMOOTHING else SMOOTHING


def _keep(name: str) -> None:
    """In the URL, unless it is as usual."""
    value = st.session_state[f"train_{name}"]
    text = ",".join(value) if isinstance(value, list) else str(value).lower()
    state.choose(name, None if value == USUAL[name] else text)
