"""How far a run is: its state, the bar, the numbers of this moment, what came out, and who waits behind it."""

import time

import streamlit as st

from dl.runs import Run, Status
from ui.controls.learning_rate import changes_view
from ui.controls.lineage import fork_of
from ui.controls.runs import run_label, state_badge
from ui.format import clock, duration, percent, speed
from ui.format import loss as loss_text
from ui.problems import sentence
from ui.server import server
from ui.text import t


def progress_view(run: Run, status: Status) -> None:
    """State, bar and the numbers of this moment."""
    share = status.step / status.steps if status.steps else 0.0
    with st.container(horizontal=True, vertical_alignment="center"):
        state_badge(status)
        st.caption(_what_now(run, status))
    if status.state == "RUNNING" or (status.step and not status.ended):
        st.progress(min(share, 1.0))
    _numbers(run, status)
    changes_view(run)


def tab_title(run: Run, status: Status) -> str:
    """What the browser's tab says while one is looking elsewhere."""
    if status.state == "RUNNING" and status.steps:
        return f"▶ {percent(status.step / status.steps, 0)} · {run_label(run)}"
    return f"{t(f'state.{status.state}')} · {run_label(run)}"


def _what_now(run: Run, status: Status) -> str:
    told = _state_in_words(run, status)
    wished = None if status.ended else run.learning_rate_requested()
    return f"{told} {t('train.learning_rate_waits', rate=f'{wished:g}')}" if wished else told


def _state_in_words(run: Run, status: Status) -> str:
    if status.state == "QUEUED":
        waiting = [waiting.id for waiting in server().supervisor.queue()]
        key = "train.waiting" if status.attempt == 1 else "train.waiting_again"
        return t(key, place=waiting.index(run.id) + 1 if run.id in waiting else 1)
    if status.state == "RUNNING":
        wish = next((wish for wish in ("stop", "pause") if run.requested_at(wish) is not None), None)
        return t(f"train.asked_{wish}") if wish else t(f"train.phase_{status.phase}")
    if status.state == "PAUSED":
        return t("train.paused", step=status.step, steps=status.steps)
    return t("train.ended_early") if status.stopped_early else t(f"train.ended_{status.state}")


def _numbers(run: Run, status: Status) -> None:
    last = (run.epochs() or [{}])[-1]
    elapsed = status.seconds(time.time())
    left = (status.steps - status.step) / status.steps_per_second if status.steps_per_second else None
    numbers = [
        ("epoch", 84, f"{status.epoch} / {status.epochs}"),
        ("step", 180, f"{status.step:,} / {status.steps:,}"),
        ("speed", 140, speed(status.steps_per_second)),
        ("elapsed", 96, clock(elapsed) if elapsed is not None else "–"),
        ("left", 88, clock(left) if left is not None and not status.ended else "–"),
        ("learning_rate", 122, f"{status.learning_rate:g}" if status.learning_rate else "–"),
        ("val_accuracy", 162, percent(last.get("val_accuracy"))),
        ("val_loss", 130, loss_text(last.get("val_loss"))),
    ]
    with st.container(horizontal=True, gap="small"):
        for name, width, value in numbers:
            st.metric(t(f"train.{name}"), value, width=width, help=t(f"train.{name}_help"))


def result_view(run: Run, status: Status) -> None:
    """What came out, beside what guessing would have got; or why nothing did."""
    if status.fault:
        st.error(sentence(status.fault), icon=":material/error:")
    if status.test_accuracy is None:
        return
    facts = {"accuracy": percent(status.test_accuracy), "seconds": duration(status.fit_seconds)}
    text = t("train.result_fork" if fork_of(run) else "train.result", **facts)
    if status.majority_accuracy is not None:
        text += " " + t("train.result_guess", accuracy=percent(status.majority_accuracy))
    if status.stopped_early:
        text += " " + t("train.result_stopped_early")
    st.success(text, icon=":material/check_circle:")


def queue_view(run: Run) -> None:
    """Runs that wait, the next one first; each can be cancelled."""
    shared = server()
    waiting = shared.supervisor.queue()
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
