"""Two of the runs: is their difference real, where do they differ, and on which examples is only one right?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dl.datasets import Dataset
from dl.errors import DatasetError
from dl.evaluation.classification import confusion_matrix
from dl.evaluation.comparison import ClassComparison, Comparison, compare_classes, compare_numbers
from dl.runs.differences import same_rows
from dl.runs.run import Predictions
from dl.runs.table import RunRow
from dl.tasks.metrics import metric
from ui import state
from ui.charts.comparison import matrix_difference
from ui.evaluate.table.answers import table_answers
from ui.evaluate.table.rows import rows_view
from ui.format import confidence, number, percent
from ui.frame import is_dark
from ui.problems import sentence
from ui.server import server
from ui.shared.datasets import class_names
from ui.shared.gallery import gallery_view, page_controls
from ui.shared.runs import row_label
from ui.shared.switches import switch
from ui.text import plain, t

PER_PAGE = 12
SIDES = ("first", "second")


@dataclass(frozen=True)
class Pair:
    rows: tuple[RunRow, RunRow]
    dataset: Dataset
    answers: tuple[Predictions, Predictions]

    @property
    def names(self) -> tuple[str, str]:
        return plain(row_label(self.rows[0])), plain(row_label(self.rows[1]))

    def right(self, place: int) -> NDArray[np.bool_]:
        return np.asarray(self.answers[place].predicted == self.answers[place].targets)


def pair_view(rows: Sequence[RunRow]) -> None:
    st.header(t("compare.is_it_real"), anchor=False, help=t("compare.is_it_real_help"))
    chosen = _pair_controls(rows)
    pair = _pair(chosen)
    if pair is None:
        st.info(t("compare.other_rows"), icon=":material/info:")
        return
    if not pair.dataset.classes:
        found = compare_numbers(*_numbers(pair))
        st.markdown(_sentence(pair, found))
        return
    compared = compare_classes(pair.right(0), pair.right(1))
    st.markdown(_sentence(pair, compared))
    left, right = st.columns([6, 5], gap="large")
    with left:
        _matrix(pair)
    with right:
        _examples(pair, compared)


def _pair_controls(rows: Sequence[RunRow]) -> tuple[RunRow, RunRow]:
    """The best two at first; the URL has others as in `?pair=3-5`."""
    sign = metric(rows[0].metric).sign
    ranked = sorted(rows, key=lambda row: -sign * (row.test_score if row.test_score is not None else -sign * np.inf))
    known = {row.run.id: row for row in rows}
    wanted = st.query_params.get("pair", "").split("-")
    if len(wanted) != 2 or not set(wanted) <= known.keys() or wanted[0] == wanted[1]:
        wanted = [row.run.id for row in ranked[:2]]
    with st.container(horizontal=True):
        for place, side in enumerate(SIDES):
            key = f"compare_{side}"
            st.session_state[key] = wanted[place]
            label = t("compare.first") if side == "first" else t("compare.second")
            st.selectbox(
                label, list(known), format_func=lambda id: row_label(known[id]), key=key, on_change=_choose, width=320
            )
    return known[wanted[0]], known[wanted[1]]


def _choose() -> None:
    first, second = (st.session_state[f"compare_{side}"] for side in SIDES)
    state.put_in_url("pair", f"{first}-{second}")
    state.put_in_url("page", None)


def _pair(rows: tuple[RunRow, RunRow]) -> Pair | None:
    """None where they cannot be compared row by row. Raises RunDamaged."""
    datasets, answers = [row.run.dataset() for row in rows], [row.run.predictions() for row in rows]
    first, second = answers
    if first is None or second is None or not same_rows((datasets[0], first), (datasets[1], second)):
        return None
    return Pair(rows, datasets[0], (first, second))


def _numbers(pair: Pair) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
    first, second = pair.answers
    return first.targets.astype(float), first.outputs[:, 0], second.outputs[:, 0]


def _sentence(pair: Pair, found: Comparison) -> str:
    """One, with its number."""
    names = pair.names if found.value >= 0 else pair.names[::-1]
    low, high = (found.low, found.high) if found.value >= 0 else (-found.high, -found.low)

    def write(value: float) -> str:
        return percent(value, 2) if pair.dataset.classes else f"{number(value)} {plain(pair.dataset.unit)}".strip()

    facts = {
        "better": names[0],
        "worse": names[1],
        "by": write(abs(found.value)),
        "low": write(low),
        "high": write(high),
        "p": number(found.p, 2) if found.p >= 0.0001 else "< 0.0001",
        "further": found.further or 0,
        "rows": len(pair.answers[0].targets),
    }
    if found.further is None:
        return t("compare.same", **facts)
    kind = "classes" if isinstance(found, ClassComparison) else "numbers"
    return t(f"compare.real_{kind}" if found.is_real else f"compare.chance_{kind}", **facts)


def _matrix(pair: Pair) -> None:
    """Right answers on the diagonal, mistakes beside it: of the first one how many more, or fewer."""
    first, second = (confusion_matrix(each.targets, each.predicted, len(pair.dataset.classes)) for each in pair.answers)
    figure = matrix_difference(
        first - second,
        class_names(pair.dataset),
        x_title=t("evaluate.matrix_predicted"),
        y_title=t("evaluate.matrix_true"),
        hover=t("compare.matrix_hover"),
        dark=is_dark(),
    )
    st.markdown(t("compare.matrix", first=pair.names[0], second=pair.names[1]))
    st.plotly_chart(
        figure, theme=None, key="compare_matrix", config={"displayModeBar": False}, alt=t("compare.matrix_alt")
    )


def _examples(pair: Pair, found: ClassComparison) -> None:
    says = {
        "first": t("compare.only_first", count=found.only_first),
        "second": t("compare.only_second", count=found.only_second),
    }
    side = switch(
        t("compare.examples"),
        SIDES,
        st.query_params.get("side", ""),
        says.__getitem__,
        key="compare_side",
        on_change=_turn,
    )
    right = pair.right(0) & ~pair.right(1) if side == "first" else pair.right(1) & ~pair.right(0)
    rows = np.flatnonzero(right)
    wrong = pair.answers[1 if side == "first" else 0]
    rows = rows[np.argsort(-wrong.outputs[rows].max(axis=1), kind="stable")]
    st.caption(t("compare.examples_caption"))
    if pair.dataset.picture:
        _pictures(pair, rows, wrong, f"compare_page_{side}")
    elif answers := table_answers(pair.rows[1 if side == "first" else 0].run):
        rows_view(answers, rows, f"compare_{side}")


def _turn() -> None:
    state.put_in_url("side", st.session_state["compare_side"])
    state.put_in_url("page", None)


def _pictures(pair: Pair, rows: NDArray[np.intp], wrong: Predictions, key: str) -> None:
    if not len(rows):
        return
    try:
        data = server().datasets.open(pair.dataset.id)
    except DatasetError as error:
        st.warning(sentence(error), icon=":material/image_not_supported:")
        return
    shown, names = rows[page_controls(len(rows), PER_PAGE, key)], class_names(pair.dataset)
    facts = [
        {
            "true": names[wrong.targets[row]],
            "predicted": names[wrong.predicted[row]],
            "confidence": confidence(float(wrong.outputs[row].max())),
        }
        for row in shown
    ]
    captions = [t("evaluate.picture", **{name: plain(text) for name, text in fact.items()}) for fact in facts]
    alts = [t("evaluate.picture_alt", row=row, **fact) for row, fact in zip(shown, facts, strict=True)]
    gallery_view(data.x_test[shown], pair.dataset.value_range, captions, alts)
