"""Whether two runs differ by more than luck, in one sentence with its number."""

from collections.abc import Sequence

import streamlit as st

from dl.evaluation.comparison import ClassComparison, Comparison, compare_classes, compare_numbers
from dl.runs.pairing import Obstacle, obstacle
from dl.runs.table import RunRow
from ui.evaluate.table.answers import Answers
from ui.format import metric_name, number
from ui.text import paragraph, plain, t

LEAST_P = 0.001  # below it nobody asks for more digits
BOUNDS = ("value", "low", "high")
MINUS = "\u2212"


def compared(first: Answers, second: Answers, metric: str) -> Comparison:
    """By accuracy or, of numbers, by what their task is judged by."""
    return _compared(_known_by(first), _known_by(second), metric, first, second)


def _known_by(answers: Answers) -> str:
    return f"{answers.run.folder}/{answers.stamp}"


@st.cache_data(max_entries=64, show_spinner=False)
def _compared(one: str, other: str, metric: str, _first: Answers, _second: Answers) -> Comparison:
    """Kept, for numbers are drawn anew two thousand times."""
    if _first.of_classes:
        return compare_classes(_first.targets, _first.predicted, _second.predicted)
    return compare_numbers(_first.targets, _first.predicted, _second.predicted, metric)


def verdict_view(pair: tuple[RunRow, RunRow], found: Comparison, unit: str) -> None:
    ids = pair[0].run.id, pair[1].run.id
    said = _of_classes(ids, found) if isinstance(found, ClassComparison) else _of_numbers(pair, found, unit)
    with st.container(border=True, key="compare_verdict"):
        st.markdown(paragraph(said, *_further(found)))
        st.caption(_difference(ids, pair[0].metric, found, unit))


def _of_classes(ids: tuple[str, str], found: ClassComparison) -> str:
    alone = {"only_first": found.only_first, "only_second": found.only_second}
    facts = dict(zip(("first", "second"), ids, strict=True)) | alone
    if not found.only_first + found.only_second:
        return t("compare.classes_same", rows=found.rows, **facts)
    return t(f"compare.classes_{_answer(found)}", rows=found.rows, p=_probability(found.p), **facts)


def _of_numbers(pair: tuple[RunRow, RunRow], found: Comparison, unit: str) -> str:
    if not found.difference.value:
        return t("compare.numbers_same", rows=found.rows, first=pair[0].run.id, second=pair[1].run.id)
    better, worse = pair if found.difference.value < 0 else pair[::-1]
    return t(
        f"compare.numbers_{_answer(found)}",
        rows=found.rows,
        metric=metric_name(pair[0].metric),
        better=better.run.id,
        worse=worse.run.id,
        apart=plain(f"{number(abs(found.difference.value))} {unit}".strip()),
        p=_probability(found.p),
    )


def _answer(found: Comparison) -> str:
    return "real" if found.is_real else "unproven"


def _further(found: Comparison) -> list[str]:
    """How many test examples it would take where these do not say."""
    if found.is_real or not found.further:
        return []
    return [t("compare.further", further=number(_rounded(found.further)))]


def _rounded(rows: int) -> float:
    """To two digits: no estimate of a power is better than that."""
    return float(f"{rows:.2g}")


def _probability(p: float) -> str:
    return f"p < {LEAST_P}" if p < LEAST_P else f"p = {p:.2g}"


def _difference(ids: tuple[str, str], metric: str, found: Comparison, unit: str) -> str:
    estimate = found.difference
    facts = {"first": ids[0], "second": ids[1], "metric": metric_name(metric)}
    if isinstance(found, ClassComparison):
        points = {name: f"{100 * getattr(estimate, name):+.2f}".replace("-", MINUS) for name in BOUNDS}
        return t("compare.difference_classes", **facts, **points)
    numbers = {name: number(getattr(estimate, name)).replace("-", MINUS) for name in BOUNDS}
    numbers["value"] = plain(f"{numbers['value']} {unit}".strip())
    return t("compare.difference_numbers", **facts, **numbers)


def obstacles_view(first: RunRow, second: RunRow, others: Sequence[RunRow]) -> bool:
    """Why there is no test, of these two or of the first and the others; whether it can be told of these two."""
    if reason := obstacle(first.run, second.run):
        st.info(t(f"compare.no_test_{reason}", first=first.run.id, second=second.run.id), icon=":material/info:")
    apart: dict[Obstacle, list[str]] = {}
    for row in others:
        if row.request and (found := obstacle(first.run, row.run)):
            apart.setdefault(found, []).append(f"#{row.run.id}")
    for why, runs in apart.items():
        st.caption(t(f"compare.others_{why}", runs=t("format.list").join(runs), first=first.run.id))
    return reason is None
