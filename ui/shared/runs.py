"""Runs by name: what they are called, and which one a page is about."""

from typing import Literal

import streamlit as st

from dl.errors import LivefitError
from dl.runs import Run, Status
from dl.runs.results import Results
from dl.runs.status import State
from dl.runs.table import Request, RunRow
from dl.tasks.metrics import metric
from ui import state
from ui.format import percent
from ui.frame import full_title
from ui.server import server
from ui.shared.datasets import dataset_name
from ui.text import t

RUNS_IN_LIST = 50
MOST_OVERLAYS = 7  # beside the run that is looked at
BadgeColor = Literal["gray", "violet", "orange", "green", "red"]
STATE_COLORS: dict[State, BadgeColor] = {
    "QUEUED": "gray",
    "RUNNING": "violet",
    "PAUSED": "orange",
    "STOPPED": "orange",
    "FINISHED": "green",
    "FAILED": "red",
    "INTERRUPTED": "red",
}
STATE_ICONS = {
    "QUEUED": ":material/hourglass_empty:",
    "RUNNING": ":material/play_arrow:",
    "PAUSED": ":material/pause:",
    "STOPPED": ":material/stop:",
    "FINISHED": ":material/check:",
    "FAILED": ":material/error:",
    "INTERRUPTED": ":material/power_off:",
}


def run_label(run: Run) -> str:
    """`#12 · My name`, or `#12 · MNIST · Textbook` of one without; of one that cannot be read its number.

    As it is: `plain` makes it safe where Markdown is read.
    """
    return row_label(server().table.row(run))


def row_label(row: RunRow) -> str:
    if row.label.name:
        return f"#{row.run.id} · {row.label.name}"
    if row.request is None:
        return f"#{row.run.id}"
    return f"#{row.run.id} · {dataset_name(row.request.dataset)} · {network_name(row.request)}"


def running_title(run: Run) -> str:
    """Whose gap {share} is filled in the browser."""
    return full_title(_running(run, "{share}"))


def tab_title(run: Run, status: Status) -> str:
    if status.state == "RUNNING" and status.steps:
        return _running(run, percent(status.step / status.steps, 0))
    return f"{t(f'state.{status.state}')} · {run_label(run)}"


def _running(run: Run, share: str) -> str:
    return f"▶ {share} · {run_label(run)}"


def network_name(request: Request) -> str:
    """The preset's, or of what the user's own network is made."""
    return t(f"preset.{request.preset}") if request.preset else request.structure


def changed_at(run: Run, file: str) -> int:
    """When the file was last written, for caches; 0 if it is not there."""
    try:
        return (run.folder / file).stat().st_mtime_ns
    except OSError:
        return 0


def readable_status(run: Run) -> Status | None:
    """None for a run that cannot be read."""
    try:
        return run.status()
    except LivefitError:
        return None


def may_change(run: Run) -> bool:
    """Whether there may soon be anything new in the run; a paused one has nothing. Browsers have few connections to
    spare."""
    status = readable_status(run)
    return status is not None and status.state in ("QUEUED", "RUNNING")


def is_no_better_than_guessing(results: Results | None) -> bool:
    """Whether, as far as the test set can tell, always saying the most frequent class, or the mean, would have been as
    good.
    """
    if results is None or (guess := results.baseline) is None or guess.metric not in results.scores:
        return False
    reached, sign = results.scores[guess.metric], metric(guess.metric).sign
    lowest, _ = results.intervals.get(guess.metric, (reached, reached))
    return sign * lowest <= sign * guess.score


def state_badge(status: Status, results: Results | None) -> None:
    """The tick of a finished run is for one that has learnt something."""
    icon, color = STATE_ICONS[status.state], STATE_COLORS[status.state]
    if status.state == "FINISHED" and is_no_better_than_guessing(results):
        icon, color = ":material/priority_high:", "orange"
    st.badge(t(f"state.{status.state}"), icon=icon, color=color)


def color_index(run: Run) -> int:
    """A run's colour follows from its number, so it is the same everywhere and for ever."""
    return int(run.id) - 1


def wanted_run() -> str | None:
    """The id in the URL, else the run looked at last, else the running one, else the newest; None if there is none."""
    if wanted := remembered_run():
        return wanted
    shared = server()
    run = shared.supervisor.running() or next(iter(shared.runs.list()), None)
    return run.id if run else None


def remembered_run() -> str | None:
    """What the URL names, whatever it is; else the run looked at last, unless it was deleted meanwhile."""
    chosen = state.chosen("run")
    is_there = chosen is not None and (server().runs.folder / chosen).is_dir()
    return chosen if is_there or st.query_params.get("run") else None


def run_switch(wanted: str) -> None:
    """Go to another run; `wanted` may be one that does not exist."""
    labels = {known.id: run_label(known) for known in server().runs.list()[:RUNS_IN_LIST]}
    key = f"run_switch_{wanted}"
    st.session_state[key] = wanted if wanted in labels else None  # told anew, or the browser keeps the words it had
    st.selectbox(
        t("train.run"),
        list(labels),
        format_func=labels.__getitem__,
        key=key,
        on_change=_switch,
        args=(key, wanted),
        placeholder=f"#{wanted}",
        label_visibility="collapsed",
        width=330,
    )


def _switch(key: str, shown: str) -> None:
    """The browser may still report the switch of a run that was left meanwhile: no reason to go back there."""
    if (run := st.session_state[key]) != shown:
        state.choose("run", run)
