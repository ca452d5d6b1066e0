"""The learning curves of one or more runs, and how they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from dl.runs import Run
from ui.charts.curves import Curve, Role, learning_curves
from ui.components.live_chart import ChartLabels, live_chart
from ui.controls.runs import RUNS_IN_LIST, color_index, run_label
from ui.format import loss as loss_text
from ui.format import percent
from ui.frame import is_dark
from ui.server import server
from ui.text import t

METRICS = ("loss", "accuracy")
PIXEL_COLUMNS = 600  # about as wide as a chart is drawn beside the other
Numbers = NDArray[Any]


@dataclass(frozen=True)
class View:
    """How the curves are drawn."""

    per_epoch: bool
    logarithmic: bool
    smoothing: float
    overlays: tuple[Run, ...]


def view_controls(run: Run) -> View:
    known = {other.id: other for other in server().runs.list()[:RUNS_IN_LIST]}
    labels = {id: run_label(other) for id, other in known.items()}
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
            list(known),
            format_func=labels.__getitem__,
            key="train_overlay",
            placeholder=t("train.overlay_placeholder"),
            width=330,
            max_selections=7,
        )
    return View(scale == "epoch", logarithmic, smoothing, tuple(known[id] for id in chosen if id != run.id))


def curves_view(run: Run, view: View) -> None:
    """Loss and accuracy side by side; both keep the user's zoom and hidden lines."""
    histories = [_History(shown) for shown in (run, *view.overlays)]
    for place, metric in zip(st.columns(len(METRICS), gap="medium"), METRICS, strict=True):
        curves = [curve for history in histories for curve in history.curves(metric, view)]
        with place:
            st.markdown(f"**{t(f'train.{metric}')}**")
            alt, file = histories[0].in_words(metric), f"{metric}-{run.id}"
            live_chart(_figure(curves, metric, view, run), key=f"train_{metric}", alt=alt, labels=_labels(), file=file)


def _figure(curves: Sequence[Curve], metric: str, view: View, run: Run) -> go.Figure:
    return learning_curves(
        curves,
        x_title=t("train.axis_epoch") if view.per_epoch else t("train.axis_step"),
        y_title=t(f"train.{metric}"),
        log_y=view.logarithmic and metric == "loss",
        smoothing=view.smoothing,
        dark=is_dark(),
        uirevision=f"{run.id}-{view.per_epoch}-{view.logarithmic}",
        percent=metric == "accuracy",
        columns=PIXEL_COLUMNS,
    )


class _History:
    """What a run has recorded so far, read once a tick."""

    def __init__(self, run: Run) -> None:
        self._run, self._epochs, self._steps = run, run.epochs(), run.steps()

    def curves(self, metric: str, view: View) -> list[Curve]:
        """Training and validation; among steps, validation stands at the step that its epoch ended with."""
        numbers = np.array([record["epoch"] for record in self._epochs])
        ends = np.cumsum([record.get("steps", 0) for record in self._epochs])
        validation = self._curve("validation", numbers if view.per_epoch else ends, self._means(f"val_{metric}"), view)
        if view.per_epoch:
            return [self._curve("training", numbers, self._means(metric), view, per_epoch=True), validation]
        steps = np.arange(1, len(self._steps) + 1)
        return [self._curve("training", steps, self._steps[metric], view, per_epoch=False), validation]

    def in_words(self, metric: str) -> str:
        if not self._epochs:
            return t(f"train.{metric}_alt_empty")
        show = percent if metric == "accuracy" else loss_text
        first, last = self._epochs[0].get(metric), self._epochs[-1].get(metric)
        return t(f"train.{metric}_alt", first=show(first), last=show(last), epochs=len(self._epochs))

    def _means(self, name: str) -> Numbers:
        return np.array([record.get(name, np.nan) for record in self._epochs], float)

    def _curve(self, role: Role, x: Numbers, y: Numbers, view: View, per_epoch: bool = True) -> Curve:
        name = t(f"train.{role}")
        label = f"#{self._run.id} {name}" if view.overlays else name
        return Curve(label, x, y, color_index(self._run), role, per_epoch, f"{self._run.id}/{role}")


def _labels() -> ChartLabels:
    return ChartLabels(*(t(f"train.chart_{name}") for name in ("png", "svg", "csv", "reset", "failed")))
