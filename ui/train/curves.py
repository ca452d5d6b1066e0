"""What is drawn of a run: its learning curves, beside those of others, and the weights of its network as it learns."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dl.datasets import Dataset
from dl.runs import Run
from dl.runs.curve_table import curve_tables
from dl.runs.live import LiveRun
from dl.specs.layers import Layer
from dl.tasks.metrics import LOSS
from dl.tasks.metrics import metric as known
from ui import state
from ui.charts.curves import Curve, Look
from ui.components.live import Source, live_network
from ui.components.live_chart import Asked, live_chart, zoomed_range
from ui.format import how_written, is_share, metric_in_unit, metric_name
from ui.frame import is_dark
from ui.problems import caught
from ui.server import server
from ui.shared.live import events_of, source_of
from ui.shared.runs import color_index, run_label
from ui.text import t
from ui.train.lineage import ancestors
from ui.train.view import View


def curves_view(run: Run, view: View, places: Mapping[str, DeltaGenerator]) -> None:
    """The loss and every metric, each in its place; all keep the user's zoom and hidden lines."""
    shown = {other.id for other in view.overlays}
    before = [(origin, until) for origin, until in origins(run) if origin.id not in shown]
    sources = [source_of(run, view.smoothing, others=True)]
    sources += [source_of(origin, view.smoothing, until) for origin, until in before]
    sources += [source_of(other, view.smoothing) for other in view.overlays]
    curves = _curves([run, *(origin for origin, _ in before), *view.overlays], view)
    for metric, place in places.items():
        with place:
            asked = _chart(run, metric, view, curves, sources)
            if asked.csv:
                state.session().numbers = run.id, metric
            if state.session().numbers == (run.id, metric):
                _offer_numbers(run, metric, sources)
        if asked.epoch is not None and run.checkpoints.at_epoch(asked.epoch):
            state.open_dialog("fork", run.id, asked.epoch)


def _offer_numbers(run: Run, metric: str, sources: list[Source]) -> None:
    """All of them, made when they are asked for: where there are no routes, only a page can give a file."""

    def table() -> str:
        lives = [LiveRun(Run(server().runs.folder / source.run), source.until) for source in sources]
        return "".join(curve_tables(lives, metric))

    st.download_button(
        t("train.chart_csv"), table, f"{metric}-{run.id}.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def _chart(run: Run, metric: str, view: View, curves: list[Curve], sources: list[Source]) -> Asked:
    key = f"train_{metric}"
    zoomed = None if view.per_epoch else zoomed_range(key)
    return live_chart(
        curves,
        _look(run, metric, view),
        sources,
        key=key,
        metric=metric,
        how=how_written(metric, run.dataset().unit),
        per_epoch=view.per_epoch,
        recent=view.recent and metric == LOSS.name,
        events=events_of(sources, zoomed, [metric]),
        labels=_labels(run, metric),
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


def _look(run: Run, metric: str, view: View) -> Look:
    of_run, dataset = f"{run.id}-{view.per_epoch}", run.dataset()
    return Look(
        x_title=t("train.axis_epoch") if view.per_epoch else t("train.axis_step"),
        y_title=metric_in_unit(metric, dataset.unit),
        log_y=view.logarithmic and metric == LOSS.name,
        percent=is_share(metric),
        smoothing=view.smoothing,
        dark=is_dark(),
        uirevision=of_run,
        y_revision=f"{of_run}-{view.logarithmic}-{view.recent}",
        saved=t("train.saved"),
        baseline=_baseline(dataset, metric),
        more_is_better=known(metric).better == "higher",
    )


def _baseline(dataset: Dataset, metric: str) -> str:
    """With the gap {score}. No loss is known of a guess: it depends on how the network was to learn."""
    if metric == LOSS.name:
        return ""
    unit = f" {dataset.unit}" if known(metric).in_unit and dataset.unit else ""
    return t("train.baseline_majority" if dataset.classes else "train.baseline_average", score=f"{{score}}{unit}")


def origins(run: Run) -> list[tuple[Run, int]]:
    """The runs that this one was forked from and that are still there, and the step up to which each leads to it."""
    found = [(Run(server().runs.folder / fork.run), fork.step) for fork in ancestors(run)]
    return [(origin, until) for origin, until in found if origin.folder.is_dir()]


def _labels(run: Run, metric: str) -> dict[str, str]:
    words = {name: t(f"train.chart_{name}") for name in ("png", "svg", "csv", "reset", "failed", "saved", "rate")}
    gaps = {name: f"{{{name}}}" for name in ("epochs", "first", "last")}
    return words | {
        "alt": t("train.curve_alt", metric=metric_name(metric), **gaps),
        "alt_empty": t("train.curve_alt_empty", metric=metric_name(metric)),
        "percent": t("format.percent"),
        "title": f"{metric_name(metric)} · {run_label(run)}",
    }


def weights_view(run: Run) -> None:
    with caught():
        names = [_layer_name(layer) for layer in run.spec().model.layers]
    st.header(t("train.weights"), anchor=False, help=t("train.weights_help"))
    source = source_of(run, others=True)
    words = {name: t(f"train.weights_{name}") for name in ("layer", "negative", "positive", "empty")}
    words["title"] = t("train.weights")
    events = events_of([source], metrics=(), weights=True)
    live_network(source, names, words, key=f"train_weights_{run.id}", events=events, dark=is_dark())


def _layer_name(layer: Layer) -> str:
    size = getattr(layer, "units", None) or getattr(layer, "filters", None)
    return f"{t(f'layer.{layer.type}')} {size:,}" if size else t(f"layer.{layer.type}")
