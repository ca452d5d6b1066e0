"""How far a run is: its state, the bar, the numbers of this moment, what came out, and who waits behind it."""

from typing import Any

import streamlit as st

from dl.runs import Run, Status
from dl.runs.live import LiveRun
from ui.components.live_board import live_board
from ui.controls.lineage import fork_of
from ui.controls.live import events_of, run_again_when, source_of
from ui.controls.runs import STATE_COLORS, readable_status, run_label
from ui.format import duration, percent
from ui.problems import sentence
from ui.server import server
from ui.text import paragraph, t

WIDTHS = {
    "epoch": 60,
    "step": 150,
    "speed": 110,
    "elapsed": 60,
    "left": 60,
    "learning_rate": 90,
    "val_accuracy": 120,
    "val_loss": 100,
}
WORDS = (
    *("phase_starting", "phase_choosing", "phase_training", "phase_evaluating", "phase_saving"),
    *("ended_FINISHED", "ended_STOPPED", "ended_FAILED", "ended_INTERRUPTED", "ended_early"),
    *("asked_stop", "asked_pause", "waiting", "waiting_again", "paused"),
    *("learning_rate_waits", "learning_rate_changes", "learning_rate_earlier"),
    *("learning_rate_by_user", "learning_rate_by_plateau"),
)


def progress_view(run: Run, smoothing: float) -> None:
    """State, bar and the numbers of this moment."""
    live = LiveRun(run)
    live.refresh()
    source = source_of(run, smoothing, others=True)
    events = events_of([source], metrics=())
    live_board(source, live.position(), _texts(run), key=f"train_board_{run.id}", events=events)


def _texts(run: Run) -> dict[str, Any]:
    """The board's words, whose gaps are filled in the browser."""
    labels = {name: t(f"train.{name}") for name in WIDTHS}
    return {
        "labels": labels | {f"{name}_help": t(f"train.{name}_help") for name in WIDTHS},
        "widths": WIDTHS,
        "words": {name: t(f"train.{name}") for name in WORDS},
        "states": {state: t(f"state.{state}") for state in STATE_COLORS},
        "colors": STATE_COLORS,
        "queue": server().waiting(),
        "title": f"{_running_title(run, '{share}')} · Livefit",
    }


def tab_title(run: Run, status: Status) -> str:
    """What the browser's tab says while one is looking elsewhere."""
    if status.state == "RUNNING" and status.steps:
        return _running_title(run, percent(status.step / status.steps, 0))
    return f"{t(f'state.{status.state}')} · {run_label(run)}"


def _running_title(run: Run, share: str) -> str:
    return f"▶ {share} · {run_label(run)}"


def result_view(run: Run, status: Status) -> None:
    """What came out, beside what guessing would have got; or why nothing did."""
    if status.fault:
        st.error(sentence(status.fault), icon=":material/error:")
    if status.test_accuracy is None:
        return
    facts = {"accuracy": percent(status.test_accuracy), "seconds": duration(status.fit_seconds)}
    told = [t("train.result_fork" if fork_of(run) else "train.result", **facts)]
    if status.majority_accuracy is not None:
        told.append(t("train.result_guess", accuracy=percent(status.majority_accuracy)))
    if status.stopped_early:
        told.append(t("train.result_stopped_early"))
    st.success(paragraph(*told), icon=":material/check_circle:")


def queue_view() -> None:
    """Runs that wait, the next one first; each can be cancelled."""
    shared = server()
    waiting = shared.supervisor.queue()
    if watched := shared.supervisor.running() or next(iter(waiting), None):
        status = readable_status(watched)
        seen = [f"{watched.id}/{status.state if status else ''}", *(run.id for run in waiting)]
        run_again_when(watched, "queue", ",".join(seen), key="live_queue")
    if not waiting:
        return
    st.markdown(f"**{t('train.queue')}**")
    for place, queued in enumerate(waiting, 1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{place}. {run_label(queued)}", width="content")
            label, key = t("train.cancel"), f"train_cancel_{queued.id}"
            st.button(
                label,
                key=key,
                icon=":material/close:",
                type="tertiary",
                on_click=shared.supervisor.stop,
                args=(queued,),
            )
