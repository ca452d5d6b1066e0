"""The learning curves of one or more runs, and how they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from dl.runs import Run
from dl.runs.blocks import METRICS, Metric
from dl.runs.changes import RateChange
from dl.runs.decimate import decimate
from dl.runs.history import Points, count_steps, read_range, read_smoothed
from ui import state
from ui.charts.curves import Curve, Role, learning_curves
from ui.charts.marks import Change, Saved, add_changes, add_saved
from ui.components.live_chart import ChartLabels, Range, live_chart, zoomed_range
from ui.controls.lineage import ancestors, fork_of
from ui.controls.runs import RUNS_IN_LIST, color_index, run_label
from ui.format import loss as loss_text
from ui.format import percent
from ui.frame import is_dark
from ui.server import server
from ui.text import t

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
    shown = {other.id for other in view.overlays}
    before = [_History(origin, until) for origin, until in origins(run) if origin.id not in shown]
    histories = [_History(run), *before, *(_History(other) for other in view.overlays)]
    for place, metric in zip(st.columns(len(METRICS), gap="medium"), METRICS, strict=True):
        key = f"train_{metric}"
        zoomed = None if view.per_epoch else zoomed_range(key)
        several = len(histories) > 1
        curves = [curve for history in histories for curve in history.curves(metric, view, zoomed, several)]
        figure = _figure(curves, metric, view, run)
        histories[0].mark(figure, metric, view)
        with place:
            st.markdown(f"**{t(f'train.{metric}')}**")
            alt, file = histories[0].in_words(metric), f"{metric}-{run.id}"
            picked = live_chart(figure, key=key, alt=alt, labels=_labels(), file=file)
        if picked is not None and run.checkpoints.at_epoch(picked):
            state.open_fork(run.id, picked)
            st.rerun()


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
    )


class _History:
    """What a run has recorded so far, or up to step `until`: its epochs, and as much of its steps as can be seen."""

    def __init__(self, run: Run, until: int | None = None) -> None:
        self._run, epochs, recorded = run, run.epochs(), count_steps(run.folder)
        fork = fork_of(run)
        self._before, self._epoch_before = (fork.step, fork.epoch) if fork else (0, 0)
        ends = self._before + np.cumsum([record.get("steps", 0) for record in epochs], dtype=int)
        whole = len(ends) if until is None else int(np.searchsorted(ends, until, "right"))
        self._epochs, self._ends = epochs[:whole], ends[:whole]
        self._recorded = recorded if until is None else min(recorded, until - self._before)

    def curves(self, metric: Metric, view: View, zoomed: Range | None, several: bool = False) -> list[Curve]:
        """Training and validation; among steps, validation stands at the step that its epoch ended with."""
        self._several = several
        x = self._numbers if view.per_epoch else self._ends
        validation = self._per_epoch("validation", x, f"val_{metric}")
        if view.per_epoch:
            return [self._per_epoch("training", x, metric), validation]
        return [self._per_step(metric, view, zoomed), validation]

    def mark(self, figure: go.Figure, metric: Metric, view: View) -> None:
        """Saved epochs and changes of the learning rate."""
        x = self._numbers if view.per_epoch else self._ends
        at = dict(zip(self._numbers.tolist(), zip(x.tolist(), self._epochs, strict=True), strict=True))
        saved = [
            Saved(at[epoch][0], at[epoch][1].get(f"val_{metric}", at[epoch][1][metric]), epoch, _saved_label(epoch))
            for epoch in self._saved
            if epoch in at
        ]
        add_saved(figure, saved, t("train.saved"), color_index(self._run), is_dark())
        changes = [Change(self._place(change.step, view), _rate_text(change)) for change in self._changes]
        add_changes(figure, changes, is_dark())

    @cached_property
    def _saved(self) -> list[int]:
        """Read once a tick, for both charts; so are the changes."""
        return [point.epoch for point in self._run.checkpoints.list() if not point.within]

    @cached_property
    def _changes(self) -> list[RateChange]:
        return self._run.changes()

    @property
    def _numbers(self) -> Numbers:
        return np.array([record["epoch"] for record in self._epochs], int)

    def _place(self, step: int, view: View) -> float:
        """On the axis of epochs a step stands between them."""
        if not view.per_epoch:
            return step
        steps, epochs = [self._before, *self._ends], [self._epoch_before, *self._numbers]
        return float(np.interp(step, steps, epochs))

    def in_words(self, metric: str) -> str:
        if not self._epochs:
            return t(f"train.{metric}_alt_empty")
        show = percent if metric == "accuracy" else loss_text
        first, last = self._epochs[0].get(metric), self._epochs[-1].get(metric)
        return t(f"train.{metric}_alt", first=show(first), last=show(last), epochs=len(self._epochs))

    def _per_epoch(self, role: Role, x: Numbers, name: str) -> Curve:
        means = np.array([record.get(name, np.nan) for record in self._epochs], float)
        return self._curve(role, *decimate(x, means, PIXEL_COLUMNS), per_epoch=True)

    def _per_step(self, metric: Metric, view: View, zoomed: Range | None) -> Curve:
        folder, parts = self._run.folder, _parts(self._recorded, self._before, zoomed)
        raw = [read_range(folder, metric, *part) for part in parts]
        smooth = [read_smoothed(folder, metric, *part, view.smoothing) for part in parts] if view.smoothing else []
        return self._curve("training", *self._joined(raw), smooth=self._joined(smooth) if smooth else None)

    def _joined(self, parts: Sequence[Points]) -> tuple[Numbers, Numbers]:
        step = np.concatenate([part.step for part in parts])
        return self._before + step, np.concatenate([part.value for part in parts])

    def _curve(self, role: Role, x: Numbers, y: Numbers, **how: Any) -> Curve:
        name = t(f"train.{role}")
        label = f"#{self._run.id} {name}" if self._several else name
        return Curve(label, x, y, color_index(self._run), role, identity=f"{self._run.id}/{role}", **how)


def origins(run: Run) -> list[tuple[Run, int]]:
    """The runs that this one was forked from and that are still there, and the step up to which each leads to it."""
    found = [(Run(server().runs.folder / fork.run), fork.step) for fork in ancestors(run)]
    return [(origin, until) for origin, until in found if origin.folder.is_dir()]


def _parts(recorded: int, before: int, zoomed: Range | None) -> list[tuple[int, int, int]]:
    """First step, last step and pixel columns of each part that is drawn in its own detail.

    Half of the zoomed range on either side can be panned to; the rest is there for the moment after zooming out.
    """
    if zoomed is None:
        return [(1, recorded, PIXEL_COLUMNS)]
    margin = (zoomed[1] - zoomed[0]) / 2
    low, high = (np.clip(end - before, 0, recorded) for end in (zoomed[0] - margin, zoomed[1] + margin))
    first, last = int(np.floor(low)), int(np.ceil(high))
    rest = PIXEL_COLUMNS // 4
    return [(1, first, rest), (first + 1, last, 2 * PIXEL_COLUMNS), (last + 1, recorded, rest)]


def _saved_label(epoch: int) -> str:
    return t("train.saved_mark", epoch=epoch)


def _rate_text(change: RateChange) -> str:
    return t("train.rate_mark", rate=f"{change.learning_rate:.3g}")


def _labels() -> ChartLabels:
    return ChartLabels(*(t(f"train.chart_{name}") for name in ("png", "svg", "csv", "reset", "failed")))
