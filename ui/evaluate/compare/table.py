"""The compared runs in one table: the settings in which they differ, what they reached, and what they cost."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pandas as pd
import streamlit as st

from dl.errors import RunDamaged
from dl.evaluation.regression import regression_estimates
from dl.runs import Run
from dl.runs.families import Family
from dl.runs.table import RunRow
from dl.specs import RunSpec
from dl.specs.settings import Settings, differing
from dl.spreadsheet import without_formulas
from dl.tasks.metrics import LOSS, ROOT_MEAN_SQUARED_ERROR
from ui.evaluate.compare.words import setting_name, setting_word
from ui.format import is_share, metric_name, number, percent_pattern, score
from ui.shared.runs import changed_at, network_name
from ui.text import first_text, t

Interval = tuple[float, float]
SCORES = "test_"
FORMATS = {"seconds": "%.1f s", "parameters": "localized", "size": "bytes", "run": "%d"}


def table_view(rows: Sequence[RunRow], families: dict[str, Family]) -> None:
    frame = compared_frame(rows, families)
    st.header(t("compare.table"), anchor=False, help=t("compare.table_help"))
    shares = [name for name in frame.columns if _is_share(name)]
    st.dataframe(
        frame.assign(**{name: 100 * frame[name].astype(float) for name in shares}),
        hide_index=True,
        height="content",
        column_config={name: _column(str(name), frame) for name in frame.columns},
        placeholder="–",
        key="compare_table",
        alt=t("compare.table"),
    )
    st.download_button(
        t("run.download"),
        lambda: frame.to_csv(index=False).encode("utf-8-sig"),  # for Excel, as all tables that are taken away
        "livefit-compared-runs.csv",
        "text/csv",
        key="compare_download",
        icon=":material/download:",
        on_click="ignore",
    )


def compared_frame(rows: Sequence[RunRow], families: dict[str, Family]) -> pd.DataFrame:
    """One line a run, safe to open in a spreadsheet; settings by their dotted names."""
    specs = [_spec(row.run) for row in rows]
    differences = iter(differing([spec for spec in specs if spec]))
    settings: list[Settings] = [next(differences) if spec else {} for spec in specs]
    names = list(dict.fromkeys(name for each in settings for name in each))
    judged = list(dict.fromkeys(row.metric for row in rows if row.results is not None))
    lines = [
        _identity(row)
        | _reached(row, judged, families)
        | {name: setting_word(name, each[name]) if name in each else None for name in names}
        | _cost(row)
        for row, each in zip(rows, settings, strict=True)
    ]
    return pd.DataFrame(lines).dropna(axis="columns", how="all")


def _spec(run: Run) -> RunSpec | None:
    try:
        return run.spec()
    except RunDamaged:
        return None


def _identity(row: RunRow) -> dict[str, Any]:
    name = row.label.name or (network_name(row.request) if row.request else "")
    return {"run": int(row.run.id), "name": without_formulas(name)}


def _reached(row: RunRow, judged: Sequence[str], families: dict[str, Family]) -> dict[str, Any]:
    scores = row.results.scores if row.results else {}
    family = families.get(row.request.family) if row.request else None
    return {
        **{f"{SCORES}{name}": row.test_score if row.metric == name else None for name in judged},
        "interval": _written_interval(row, _interval(row)),
        "over_seeds": _spread(family, row) if family and len(family.done) > 1 else None,
        f"{SCORES}{LOSS.name}": scores.get(LOSS.name),
    }


def _cost(row: RunRow) -> dict[str, Any]:
    file = row.run.model_file
    return {
        "seconds": row.status.fit_seconds if row.status else None,
        "parameters": row.request.parameters if row.request else None,
        "size": file.stat().st_size if file.exists() else None,
        "state": t(f"state.{row.status.state}") if row.status else t("state.unreadable"),
    }


def _spread(family: Family, row: RunRow) -> str:
    """`97.6 % ± 0.1 (5)`"""
    mean, deviation = spread_words(family, row)
    return t("compare.spread", mean=mean, deviation=deviation, count=len(family.done))


def spread_words(family: Family, row: RunRow) -> tuple[str, str]:
    """Mean and standard deviation of what runs with other seeds reached."""
    mean, deviation = family.spread
    about = f"{100 * deviation:.1g}" if is_share(row.metric) else number(deviation, 2)
    return score(row.metric, mean, row.unit), about


def _interval(row: RunRow) -> Interval | None:
    """Of the score that it is judged by: kept with the results or, of numbers, from the answers."""
    if row.results is None:
        return None
    if kept := row.results.intervals.get(row.metric):
        return kept
    return _of_numbers(str(row.run.folder), changed_at(row.run, "results.json"), row.run, row.metric)


@st.cache_data(max_entries=200, show_spinner=False)
def _of_numbers(folder: str, changed: int, _run: Run, metric: str) -> Interval | None:
    """None where the answers are not there, or cannot be read."""
    answers = None
    with suppress(RunDamaged):
        answers = _run.predictions(mapped=True)
    if answers is None or metric != ROOT_MEAN_SQUARED_ERROR.name:
        return None
    estimate = regression_estimates(answers.targets, answers.outputs[:, 0])[metric]
    return estimate.low, estimate.high


def _written_interval(row: RunRow, interval: Interval | None) -> str | None:
    if interval is None:
        return None
    low, high = interval
    if is_share(row.metric):
        return t("format.percent", number=f"{100 * low:.1f}–{100 * high:.1f}")
    return f"{number(low)}–{number(high)} {row.unit}".rstrip()


def _is_share(column: str) -> bool:
    return column.startswith(SCORES) and is_share(column.removeprefix(SCORES))


def _column(name: str, frame: pd.DataFrame) -> Any:
    if name.startswith(SCORES):
        pattern = percent_pattern("%.2f") if _is_share(name) else "%.4g"
        label = first_text(f"run.column_{name}") or t("compare.test", metric=metric_name(name.removeprefix(SCORES)))
        return st.column_config.NumberColumn(label, format=pattern)
    label = first_text(f"compare.column_{name}", f"run.column_{name}") or setting_name(name)
    help = first_text(f"compare.column_{name}_help")
    if pd.api.types.is_numeric_dtype(frame[name]):
        return st.column_config.NumberColumn(label, help=help, format=FORMATS.get(name), pinned=name == "run")
    return st.column_config.TextColumn(label, help=help)
