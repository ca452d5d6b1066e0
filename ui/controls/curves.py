"""The learning curves of one or more runs, and how they are drawn."""

from dataclasses import dataclass

import streamlit as st

from dl.runs import Run
from dl.runs.blocks import METRICS, Metric
from ui import state
from ui.charts.curves import Curve, Look
from ui.components.live import Source
from ui.components.live_chart import ChartLabels, live_chart, zoomed_range
from ui.controls.lineage import ancestors
from ui.controls.live import events_of, source_of
from ui.controls.runs import RUNS_IN_LIST, color_index, run_label
from ui.frame import is_dark
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
    before = [(origin, until) for origin, until in origins(run) if origin.id not in shown]
    sources = [source_of(run, view.smoothing, others=True)]
    sources += [source_of(origin, view.smoothing, until) for origin, until in before]
    sources += [source_of(other, view.smoothing) for other in view.overlays]
    curves = _curves([run, *(origin for origin, _ in before), *view.overlays], view)
    for place, metric in zip(st.columns(len(METRICS), gap="medium"), METRICS, strict=True):
        with place:
            st.markdown(f"**{t(f'train.{metric}')}**")
            picked = _chart(run, metric, view, curves, sources)
        if picked is not None and run.checkpoints.at_epoch(picked):
            state.open_fork(run.id, picked)
            st.rerun()


def _chart(run: Run, metric: Metric, view: View, curves: list[Curve], sources: list[Source]) -> int | None:
    key = f"train_{metric}"
    zoomed = None if view.per_epoch else zoomed_range(key)
    return live_chart(
        curves,
        _look(run, metric, view),
        sources,
        key=key,
        metric=metric,
        per_epoch=view.per_epoch,
        events=events_of(sources, zoomed, [metric]),
        labels=_labels(metric),
        file=f"{metric}-{run.id}",
    )


def _curves(runs: list[Run], view: View) -> list[Curve]:
    return [
        Curve(run.id, _label(run, role, len(runs) > 1), color_index(run), role, view.per_epoch or role == "validation")
        for run in runs
        for role in ("training", "validation")
    ]


def _label(run: Run, role: str, several: bool) -> str:
    name = t(f"train.{role}")
    return f"#{run.id} {name}" if several else name


def _look(run: Run, metric: Metric, view: View) -> Look:
    return Look(
        x_title=t("train.axis_epoch") if view.per_epoch else t("train.axis_step"),
        y_title=t(f"train.{metric}"),
        log_y=view.logarithmic and metric == "loss",
        percent=metric == "accuracy",
        smoothing=view.smoothing,
        dark=is_dark(),
        uirevision=f"{run.id}-{view.per_epoch}-{view.logarithmic}",
        saved=t("train.saved"),
    )


def origins(run: Run) -> list[tuple[Run, int]]:
    """The runs that this one was forked from and that are still there, and the step up to which each leads to it."""
    found = [(Run(server().runs.folder / fork.run), fork.step) for fork in ancestors(run)]
    return [(origin, until) for origin, until in found if origin.folder.is_dir()]


def _labels(metric: Metric) -> ChartLabels:
    return ChartLabels(
        png=t("train.chart_png"),
        svg=t("train.chart_svg"),
        csv=t("train.chart_csv"),
        reset=t("train.chart_reset"),
        failed=t("train.chart_failed"),
        alt=t(f"train.{metric}_alt"),
        alt_empty=t(f"train.{metric}_alt_empty"),
        saved=t("train.saved_mark"),
        rate=t("train.rate_mark"),
    )
