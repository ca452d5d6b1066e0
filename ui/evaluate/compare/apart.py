"""Where two runs part: the difference of their confusion matrices, and the examples that one alone tells right."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dl.evaluation.comparison import matrix_difference, one_right
from ui import state
from ui.components.confusion import confusion_grid
from ui.evaluate.pictures import tested_pictures
from ui.evaluate.scores import cell_in_url, forget_cell
from ui.evaluate.table.answers import Answers, is_of_a_table, kept_table, missing_table_view
from ui.evaluate.table.rows import PER_PAGE, rows_table
from ui.shared.gallery import gallery_view, page_controls
from ui.shared.switches import switch
from ui.shared.table_headings import with_unit
from ui.text import plain, t

Cell = tuple[int, int]
SIDES = ("first", "second")


def apart_view(first: Answers, second: Answers) -> None:
    if not first.of_classes:
        _examples(first, second, None)
        return
    matrix, examples = st.columns([6, 5], gap="large")
    with matrix:
        cell = _matrix_controls(first, second)
    with examples:
        _examples(first, second, cell)


def _matrix_controls(first: Answers, second: Answers) -> Cell | None:
    """The chosen cell (true, predicted) is kept in the URL as in `?cell=4-9`."""
    ids = {"first": first.run.id, "second": second.run.id}
    st.header(t("compare.matrix"), anchor=False, help=t("compare.matrix_help", **ids))
    key = _cell_key(first, second)
    if key not in st.session_state and (cell := cell_in_url(len(first.names))):
        st.session_state[key] = {"cell": list(cell)}
    gaps = {name: f"{{{name}}}" for name in ("true", "predicted", "count")}
    labels = {name: t(f"evaluate.matrix_{name}") for name in ("true", "predicted")}
    labels |= {"caption": t("compare.matrix_caption", **ids), "cell": t("compare.matrix_cell", **ids, **gaps)}
    apart = matrix_difference(first.targets, first.predicted, second.predicted, first.task.outputs)
    chosen = confusion_grid(apart, first.names, key=key, mode="difference", labels=labels)
    state.put_in_url("cell", f"{chosen[0]}-{chosen[1]}" if chosen else None)
    st.caption(labels["caption"])
    return chosen


def _cell_key(first: Answers, second: Answers) -> str:
    return f"compare_cell_{first.run.id}_{second.run.id}"


def _examples(first: Answers, second: Answers, cell: Cell | None) -> None:
    """Of a cell, those that one of the two alone puts there; else those that one alone tells right, or nearer."""
    if cell:
        places = _in_one_cell(first, second, cell)
        _cell_heading(first, second, cell, len(places))
        key = f"{cell}"
    else:
        key, places = _side_controls(first, second)
    if len(places):
        _shown(first, second, places, f"compare_page_{first.run.id}_{second.run.id}_{key}")
    else:
        st.caption(t("compare.no_examples"))


def _cell_heading(first: Answers, second: Answers, cell: Cell, count: int) -> None:
    true, predicted = (plain(first.names[place]) for place in cell)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("compare.cell", true=true, predicted=predicted, count=count), anchor=False, width="stretch")
        st.button(
            t("compare.close_cell"),
            icon=":material/close:",
            type="tertiary",
            key="compare_close_cell",
            on_click=forget_cell,
            args=(_cell_key(first, second),),
        )


def _side_controls(first: Answers, second: Answers) -> tuple[str, NDArray[np.intp]]:
    """Which of the two is right, or nearer, kept in the URL; and the examples of that."""
    kind = "right" if first.of_classes else "nearer"
    places = {"first": _better(first, second), "second": _better(second, first)}
    ids = {"first": first.run.id, "second": second.run.id}
    st.header(t(f"compare.{kind}"), anchor=False)
    side = switch(
        t(f"compare.{kind}"),
        SIDES,
        st.query_params.get("side", ""),
        lambda name: t(f"compare.{kind}_side", run=ids[name], count=len(places[name])),
        key="compare_side",
        on_change=_choose_side,
    )
    st.caption(t(f"compare.{kind}_caption", **ids))
    return side, places[side]


def _choose_side() -> None:
    state.put_in_url("side", st.session_state["compare_side"])
    state.put_in_url("page", None)


def _better(one: Answers, other: Answers) -> NDArray[np.intp]:
    """Where the one is better, those first in which the other is furthest from the truth."""
    if one.of_classes:
        return other.worst_first(np.flatnonzero(one_right(one.targets, one.predicted, other.predicted)))
    nearer = other.badness - one.badness
    return np.argsort(-nearer, kind="stable")[: int((nearer > 0).sum())]


def _in_one_cell(first: Answers, second: Answers, cell: Cell) -> NDArray[np.intp]:
    true, predicted = cell
    put = [answers.predicted == predicted for answers in (first, second)]
    return second.worst_first(np.flatnonzero((first.targets == true) & (put[0] != put[1])))


def _shown(first: Answers, second: Answers, places: NDArray[np.intp], key: str) -> None:
    if not is_of_a_table(first.dataset):
        _gallery(first, second, places, key)
        return
    if kept_table(first) is None:
        missing_table_view(first)
    shown = places[page_controls(len(places), PER_PAGE, key)]
    rows_table(first, shown, _said(first, second, shown), _headings(first, second))


def _gallery(first: Answers, second: Answers, places: NDArray[np.intp], key: str) -> None:
    if (data := tested_pictures(first.dataset)) is None:
        return
    shown, names = places[page_controls(len(places), PER_PAGE, key)], first.names
    ids = {"first": first.run.id, "second": second.run.id}
    facts = [
        {
            "true": names[first.targets[row]],
            "said_first": names[first.predicted[row]],
            "said_second": names[second.predicted[row]],
        }
        for row in shown
    ]
    captions = [t("compare.picture", **ids, **{name: plain(word) for name, word in fact.items()}) for fact in facts]
    alts = [t("compare.picture_alt", row=row, **ids, **fact) for row, fact in zip(shown, facts, strict=True)]
    gallery_view(data.x_test[shown], data.description.value_range, captions, alts)


def _said(first: Answers, second: Answers, shown: NDArray[np.intp]) -> pd.DataFrame:
    columns = {"true": first.targets[shown], "first": first.predicted[shown], "second": second.predicted[shown]}
    if first.of_classes:
        names = np.array(first.names, dtype=object)
        columns = {name: names[classes] for name, classes in columns.items()}
    return pd.DataFrame(columns)


def _headings(first: Answers, second: Answers) -> dict[str, object]:
    said = {name: t("compare.says", run=answers.run.id) for name, answers in zip(SIDES, (first, second), strict=True)}
    if first.of_classes:
        return {"true": t("answers.true"), **said}
    words = {"true": t("answers.true_number"), **said}
    return {
        name: st.column_config.NumberColumn(with_unit(word, first.unit), format="%.4g") for name, word in words.items()
    }
