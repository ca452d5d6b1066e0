"""The charts of a report."""

from collections.abc import Iterator
from html import escape
from typing import Literal

import numpy as np

from dl.evaluation.calibration import calibration
from dl.evaluation.ranking import roc_curve, thinned
from dl.tasks.metrics import LOSS, VALIDATION, metric
from ui.charts.svg import Axis, Line, axis, bar_chart, heat_chart, line_chart
from ui.evaluate.table.answers import Answers
from ui.format import is_share, metric_in_unit, number, percent
from ui.text import t

BARS = 40
CURVES: tuple[tuple[str, str, Literal["thin", "bold"]], ...] = (
    ("training", "", "thin"),
    ("validation", VALIDATION, "bold"),
)
POSITIVE = 1  # the class one looks for, as on Evaluate


def curve_figures(answers: Answers) -> Iterator[str]:
    """Loss, and what the task is judged by, after each epoch."""
    epochs = answers.run.epochs()
    names = [name for name in (LOSS.name, answers.task.metrics[0].name) if any(name in record for record in epochs)]
    yield figures(_curve(epochs, name, answers) for name in names)


def _curve(epochs: list[dict[str, float]], name: str, answers: Answers) -> str:
    x = np.array([record["epoch"] for record in epochs], float)
    lines = [
        Line(t(f"report.curve_{kind}"), x, [_value(record.get(prefix + name)) for record in epochs], look)
        for kind, prefix, look in CURVES
    ]
    lines = [line for line in lines if np.isfinite(line.y).any()]
    write = (lambda value: percent(value, 0)) if is_share(name) else number
    title = metric_in_unit(name, answers.unit if metric(name).in_unit else "")
    y = axis(title, np.concatenate([line.y for line in lines]), write)
    chart = line_chart(lines, _epochs(x), y, t("report.curve_alt", metric=title))
    return figure(chart, t("report.curve", metric=title))


def _value(found: float | None) -> float:
    return np.nan if found is None else float(found)


def _epochs(x: np.ndarray) -> Axis:
    return Axis(t("report.epoch"), x.min() - (0.5 if len(x) == 1 else 0), x.max() + (0.5 if len(x) == 1 else 0), _whole)


def _whole(value: float) -> str:
    """An epoch; between two there is none."""
    return f"{value:.0f}" if value == round(value) else ""


def number_figures(answers: Answers) -> Iterator[str]:
    """Predicted against true, and how far off the answers are."""
    if not answers.of_classes:
        yield figures([_density(answers), _errors(answers)])


def _density(answers: Answers) -> str:
    found = answers.density
    low, high = float(found.edges[0]), float(found.edges[-1])
    titles = [
        t(f"report.{name}", unit=f"({answers.unit})" if answers.unit else "").strip() for name in ("true", "predicted")
    ]
    x, y = (Axis(title, low, high, number) for title in titles)
    chart = heat_chart(found.counts, x, y, t("report.density"))
    return figure(chart, t("report.density"))


def _errors(answers: Answers) -> str:
    errors = answers.predicted.astype(float) - answers.targets
    counts, edges = np.histogram(errors, BARS)
    title = t("report.error", unit=f"({answers.unit})" if answers.unit else "").strip()
    y = Axis(t("report.count"), 0, max(float(counts.max()) * 1.05, 1))
    return figure(
        bar_chart(edges, counts, axis(title, edges, number), y, t("report.errors"), rule=0), t("report.errors")
    )


def two_class_figures(answers: Answers) -> Iterator[str]:
    """How well two classes are told apart at every threshold, and whether probabilities are what they claim."""
    ranked = answers.ranking(POSITIVE) if answers.of_classes and len(answers.names) == 2 else None
    if ranked and ranked.positives and ranked.negatives:
        yield figures([_roc(answers), _calibration(answers)])


def _roc(answers: Answers) -> str:
    curve = thinned(roc_curve(answers.ranking(POSITIVE)))
    lines = [Line("", curve.x, curve.y), Line(t("report.guessing"), [0, 1], [0, 1], "rule")]
    x, y = (Axis(t(f"report.{name}"), 0, 1, _share) for name in ("false_alarms", "found"))
    said = t("report.roc", name=answers.names[POSITIVE], area=number(answers.scores["roc_area"].value))
    return figure(line_chart(lines, x, y, said), said)


def _calibration(answers: Answers) -> str:
    found = calibration(answers.targets == POSITIVE, answers.probability(POSITIVE))
    lines = [
        Line("", found.bins["predicted"], found.bins["observed"]),
        Line(t("report.calibrated"), [0, 1], [0, 1], "rule"),
    ]
    x, y = (Axis(t(f"report.{name}", name=answers.names[POSITIVE]), 0, 1, _share) for name in ("claimed", "observed"))
    said = t("report.calibration", error=percent(found.error))
    return figure(line_chart(lines, x, y, said), said)


def _share(value: float) -> str:
    return percent(value, 0)


def figure(drawing: str, caption: str) -> str:
    return f"<figure>{drawing}<figcaption>{escape(caption)}</figcaption></figure>"


def figures(drawn: Iterator[str] | list[str]) -> str:
    return f'<div class="figures">{"".join(drawn)}</div>'
