"""What the Train page shows while a run goes on: progress, numbers, curves and the queue."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dl.runs import Run, Status
from ui.charts.curves import Curve, learning_curves
from ui.components.live_chart import ChartLabels, live_chart
from ui.controls.runs import STATE_COLORS, STATE_ICONS, color_index, run_label
from ui.format import clock, duration, percent
from ui.format import loss as loss_text
from ui.frame import is_dark
from ui.problems import sentence
from ui.server import server
from ui.text import t


@dataclass(frozen=True)
class View:
    """How the curves are drawn."""

    per_epoch: bool
    logarithmic: bool
    smoothing: float
    overlays: tuple[Run, ...]


def view_controls(run: Run) -> View:
    others = {known.id: known for known in server().runs.list()[:50] if known.id != run.id}
    labels = {id: run_label(other) for id, other in others.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        scale = st.segmented_control(
            t("train.points"),
            ["step", "epoch"],
            default="step",
            format_func=lambda name: t(f"train.per_{name}"),
            key="train_points",
            required=True,
            persist_state="session",
        )
        logarithmic = st.toggle(t("train.logarithmic"), key="train_logarithmic", persist_state="session")
        smoothing = st.slider(
            t("train.smoothing"), 0.0, 0.99, 0.9, 0.01, key="train_smoothing", width=170, persist_state="session"
        )
        chosen = st.multiselect(
            t("train.overlay"),
            list(others),
            format_func=labels.__getitem__,
            key="train_overlay",
            placeholder=t("train.overlay_placeholder"),
            width=330,
            max_selections=7,
        )
    return View(scale == "epoch", logarithmic, smoothing, tuple(others[id] for id in chosen))


def progress_view(run: Run, status: Status) -> None:
    """State, bar and the numbers of this moment."""
    share = status.step / status.steps if status.steps else 0.0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(t(f"state.{status.state}"), icon=STATE_ICONS[status.state], color=STATE_COLORS[status.state])  # type: ignore[arg-type]
        st.caption(_what_now(run, status))
    if status.state == "RUNNING":
        st.progress(min(share, 1.0))
    _numbers(run, status)


def tab_title(run: Run, status: Status) -> str:
    """What the browser's tab says while one is looking elsewhere."""
    if status.state == "RUNNING" and status.steps:
        return f"▶ {percent(status.step / status.steps, 0)} · {run_label(run)}"
    return f"{t(f'state.{status.state}')} · {run_label(run)}"


def _what_now(run: Run, status: Status) -> str:
    if status.state == "QUEUED":
        waiting = [waiting.id for waiting in server().supervisor.queue()]
        return t("train.waiting", place=waiting.index(run.id) + 1 if run.id in waiting else 1)
    if status.state == "RUNNING":
        return t("train.stopping") if run.stop_requested_at() else t(f"train.phase_{status.phase}")
    return sentence(status.fault) if status.fault else t(f"train.ended_{status.state}")


def _numbers(run: Run, status: Status) -> None:
    last = (run.epochs() or [{}])[-1]
    elapsed = _elapsed(status)
    left = (status.steps - status.step) / status.steps_per_second if status.steps_per_second else None
    numbers = [
        ("epoch", 96, f"{status.epoch} / {status.epochs}"),
        ("step", 190, f"{status.step:,} / {status.steps:,}"),
        ("speed", 150, f"{status.steps_per_second:,.0f}" if status.steps_per_second else "–"),
        ("elapsed", 110, clock(elapsed) if elapsed is not None else "–"),
        ("left", 110, clock(left) if left is not None and not status.ended else "–"),
        ("val_accuracy", 176, percent(last.get("val_accuracy"))),
        ("val_loss", 150, loss_text(last.get("val_loss"))),
    ]
    with st.container(horizontal=True, gap="small"):
        for name, width, value in numbers:
            st.metric(t(f"train.{name}"), value, width=width, help=t(f"train.{name}_help"))


def _elapsed(status: Status) -> float | None:
    if status.started_at is None:
        return None
    return (status.ended_at or time.time()) - status.started_at


def curves_view(run: Run, view: View) -> None:
    """Loss and accuracy side by side; both keep the user's zoom and hidden lines."""
    runs = [run, *view.overlays]
    places = st.columns(2, gap="medium")
    for place, metric in zip(places, ("loss", "accuracy"), strict=True):
        curves = [curve for shown in runs for curve in _curves(shown, metric, view, named=len(runs) > 1)]
        with place:
            st.markdown(f"**{t(f'train.{metric}')}**")
            live_chart(
                _figure(curves, metric, view, run),
                key=f"train_{metric}",
                alt=_in_words(metric, run),
                labels=_labels(),
                file=f"{metric}-{run.id}",
            )


def _figure(curves: Sequence[Curve], metric: str, view: View, run: Run):  # type: ignore[no-untyped-def]
    return learning_curves(
        curves,
        x_title=t("train.axis_epoch") if view.per_epoch else t("train.axis_step"),
        y_title=t(f"train.{metric}"),
        log_y=view.logarithmic and metric == "loss",
        smoothing=view.smoothing,
        dark=is_dark(),
        uirevision=f"{run.id}-{view.per_epoch}-{view.logarithmic}",
        percent=metric == "accuracy",
    )


def _curves(run: Run, metric: str, view: View, named: bool) -> list[Curve]:
    """Training and validation of one run; validation stands at the step that its epoch ended with."""
    epochs, steps = run.epochs(), run.steps()
    ends = np.cumsum([record.get("steps", 0) for record in epochs])
    numbers = np.array([record["epoch"] for record in epochs])
    prefix = f"#{run.id} " if named else ""
    if view.per_epoch:
        values = np.array([record.get(metric, np.nan) for record in epochs], float)
        training = Curve(
            prefix + t("train.training"), numbers, values, color_index(run), "training", True, f"{run.id}/training"
        )
    else:
        x = np.arange(1, len(steps) + 1)
        training = Curve(
            prefix + t("train.training"), x, steps[metric], color_index(run), "training", False, f"{run.id}/training"
        )
    values = np.array([record.get(f"val_{metric}", np.nan) for record in epochs], float)
    x = numbers if view.per_epoch else ends
    validation = Curve(
        prefix + t("train.validation"), x, values, color_index(run), "validation", True, f"{run.id}/validation"
    )
    return [training, validation]


def _in_words(metric: str, run: Run) -> str:
    epochs = run.epochs()
    if not epochs:
        return t(f"train.{metric}_alt_empty")
    first, last = epochs[0].get(metric), epochs[-1].get(metric)
    show = percent if metric == "accuracy" else loss_text
    return t(f"train.{metric}_alt", first=show(first), last=show(last), epochs=len(epochs))


def _labels() -> ChartLabels:
    return ChartLabels(*(t(f"train.chart_{name}") for name in ("png", "svg", "csv", "reset", "failed")))


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


def result_view(status: Status) -> None:
    """What came out, beside what guessing would have got."""
    if status.test_accuracy is None:
        return
    facts = {"accuracy": percent(status.test_accuracy), "seconds": duration(status.fit_seconds)}
    text = t("train.result", **facts)
    if status.majority_accuracy is not None:
        text += " " + t("train.result_guess", accuracy=percent(status.majority_accuracy))
    if status.stopped_early:
        text += " " + t("train.result_stopped_early")
    st.success(text, icon=":material/check_circle:")
