"""Runs by name: what they are called, and which one a page is about."""

from pathlib import Path
from typing import Literal

import streamlit as st

from dl.datasets import builtin
from dl.errors import LivefitError, UnknownDataset
from dl.presets import preset_name
from dl.runs import Run, Status
from dl.runs.status import State
from ui import state
from ui.controls.datasets import dataset_name
from ui.problems import caught
from ui.server import server
from ui.text import language, t

BadgeColor = Literal["gray", "violet", "orange", "green", "red"]
STATE_COLORS: dict[State, BadgeColor] = {
    "QUEUED": "gray",
    "RUNNING": "violet",
    "STOPPED": "orange",
    "FINISHED": "green",
    "FAILED": "red",
    "INTERRUPTED": "red",
}
STATE_ICONS = {
    "QUEUED": ":material/hourglass_empty:",
    "RUNNING": ":material/play_arrow:",
    "STOPPED": ":material/stop:",
    "FINISHED": ":material/check:",
    "FAILED": ":material/error:",
    "INTERRUPTED": ":material/power_off:",
}


def run_label(run: Run) -> str:
    """`#12 · MNIST · Textbook`; a run that cannot be read keeps its number."""
    return _label(str(run.folder), language())


@st.cache_data(show_spinner=False, max_entries=1000)
def _label(folder: str, language: str) -> str:
    run = Run(Path(folder))
    try:
        spec, dataset = run.spec(), run.dataset()
        name = preset_name(spec.model, builtin(dataset.id))
    except UnknownDataset:
        name = None
    except LivefitError:
        return f"#{run.id}"
    network = t(f"preset.{name or 'own'}")
    return f"#{run.id} · {dataset_name(dataset.id)} · {network}"


def readable_status(run: Run) -> Status | None:
    """None for a run that cannot be read."""
    try:
        return run.status()
    except LivefitError:
        return None


def state_badge(status: Status) -> None:
    st.badge(t(f"state.{status.state}"), icon=STATE_ICONS[status.state], color=STATE_COLORS[status.state])


def color_index(run: Run) -> int:
    """A run's colour follows from its number, so it is the same everywhere and for ever."""
    return int(run.id) - 1


def run_choice() -> Run | None:
    """The run in the URL, else the one looked at last, else the running one, else the newest; None if there is none."""
    shared = server()
    wanted = state.chosen("run")
    if wanted:
        with caught():
            return _remembered(shared.runs.get(wanted))
    newest = shared.runs.list()[:1]
    run = shared.supervisor.running() or (newest[0] if newest else None)
    return _remembered(run) if run else None


def _remembered(run: Run) -> Run:
    state.choose("run", run.id)
    return run


def run_switch(run: Run) -> None:
    """Go to another run."""
    runs = server().runs.list()[:50]
    ids = [known.id for known in runs]
    labels = {known.id: run_label(known) for known in runs}
    if run.id not in ids:
        ids, labels = [run.id, *ids], {run.id: run_label(run), **labels}
    key = f"run_switch_{run.id}"
    st.selectbox(
        t("train.run"),
        ids,
        ids.index(run.id),
        format_func=labels.__getitem__,
        key=key,
        on_change=lambda: state.choose("run", st.session_state[key]),
        label_visibility="collapsed",
        width=330,
    )
