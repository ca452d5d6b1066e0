"""A form made from the columns of a table, what the network says to it, and how each field would move that."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dl.datasets.columns import AnyColumn, Category, Date
from dl.datasets.tables.table import Table
from dl.errors import DatasetError, LivefitError
from dl.files import stamp
from dl.prediction.answers import answer_of
from dl.prediction.moving import Moved, moved_answers
from dl.prediction.networks import Ready
from dl.prediction.rows import Row
from dl.profiles.rows import row_values
from dl.profiles.typical import Typical, typical
from dl.runs.table_behind import table_behind
from ui import state
from ui.charts.answer_curve import answer_curve
from ui.format import number, percent
from ui.frame import is_dark
from ui.problems import sentence
from ui.server import server
from ui.shared.datasets import class_names
from ui.shared.number_fields import decimal_number, shown_number
from ui.text import plain, t

NEAR = 1e-9


def form_view(ready: Ready, epoch: int | None) -> None:
    columns = entering_columns(ready)
    try:
        table = table_behind(ready.network.run, server().datasets)
    except DatasetError as error:
        st.warning(sentence(error), icon=":material/table:")
        return
    fields = tuple(column.field for column in columns)
    usual = _usual(ready.dataset.id, ready.dataset.fingerprint, fields, stamp(table.file))
    row_number = _row_controls(len(table.test_rows))
    begins = _first_values(table, columns, usual, row_number)
    form, answer = st.columns([3, 2], gap="large")
    with form, st.container(key="predict_form"):
        places, row = _fields(columns, usual, begins, row_number)
    try:
        outputs = ready.rows([row], epoch)[0]
        moved = moved_answers(ready, row, columns, usual, epoch)
    except LivefitError as error:
        answer.error(sentence(error), icon=":material/error:")
        return
    with answer, st.container(key="predict_answer"):
        answer_view(ready, outputs)
    _curves(ready, columns, row, outputs, moved, places)


def entering_columns(ready: Ready) -> list[AnyColumn]:
    """Those that the network takes in, in the table's order."""
    assert ready.preparation, "a table is prepared first"
    entering = {field for field, _ in ready.preparation.fields}
    return [column for column in ready.dataset.columns if column.field in entering]


@st.cache_data(show_spinner=False, max_entries=16)
def _usual(dataset_id: str, fingerprint: str, fields: tuple[str, ...], file: Any) -> dict[str, Typical]:
    """`file` is the stamp of the table's, which may be written anew."""
    table = server().datasets.table(dataset_id)
    return typical(table, [table.column(field) for field in fields])


def _row_controls(rows: int) -> int | None:
    """From which row of the test set the form begins, kept in the URL; None: from what is usual."""
    row = state.number_in_url("row", 1, rows)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.number_input(
            t("predict.from_row", rows=rows),
            1,
            rows,
            row,
            key=f"predict_row_{row}",
            width=320,
            placeholder=t("predict.usual"),
        )
        if row and st.button(t("predict.back_to_usual"), icon=":material/restart_alt:", key="predict_usual"):
            chosen = None
    if chosen != row:
        state.put_in_url("row", chosen)
        st.rerun()
    return row


def _first_values(
    table: Table, columns: Sequence[AnyColumn], usual: Mapping[str, Typical], row_number: int | None
) -> dict[str, Any]:
    """By fields."""
    if row_number is None:
        return {column.field: _usual_value(column, usual[column.field]) for column in columns}
    return row_values(table, int(table.test_rows[row_number - 1]), columns)


def _usual_value(column: AnyColumn, usual: Typical) -> Any:
    if isinstance(column, Category):
        return usual.levels[0] if usual.levels else None
    return (
        datetime.fromtimestamp(round(usual.number), UTC).replace(tzinfo=None)
        if isinstance(column, Date)
        else usual.number
    )


def _fields(
    columns: Sequence[AnyColumn], usual: Mapping[str, Typical], begins: Mapping[str, Any], row_number: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The places for the curves, by fields; and the row, by names."""
    places, row = {}, {}
    halves = st.columns(2)
    for at, column in enumerate(columns):
        with halves[at % 2], st.container(gap="xxsmall"):
            key = f"predict_field_{column.field}_{row_number}"
            row[column.name] = _field(column, usual[column.field], begins[column.field], key)
            places[column.field] = st.container(height=40, border=False, gap=None)
    return places, row


def _field(column: AnyColumn, usual: Typical, begin: Any, key: str) -> Any:
    label = plain(column.name)
    if isinstance(column, Category):
        levels = list(dict.fromkeys([*([begin] if begin is not None else []), *usual.levels]))
        place = levels.index(begin) if begin is not None else None
        return st.selectbox(label, levels, place, key=key, format_func=str, placeholder=t("predict.missing"))
    if isinstance(column, Date):
        chosen = st.datetime_input(label, begin, key=key)
        return chosen.isoformat() if chosen else None
    return _number_field(label, usual, begin, key)


def _number_field(label: str, usual: Typical, begin: float | None, key: str) -> float | str | None:
    """Not the browser's own, which makes 125 of "12,5". What is no number is left for the network to refuse."""
    help = t("predict.usual_range", low=number(usual.low), high=number(usual.high))
    shown = "" if begin is None else shown_number(begin)
    typed = st.text_input(label, shown, key=key, help=help, placeholder=t("predict.missing"))
    if typed == shown:
        return begin  # with the digits that are not shown
    found = decimal_number(typed)
    return typed.strip() or None if found is None else found


def answer_view(ready: Ready, outputs: Any) -> None:
    found = answer_of(outputs, ready.dataset)
    target = plain(ready.dataset.target.name)
    if not ready.dataset.classes:
        st.metric(t("predict.answer_number", target=target), f"{number(found['answer'])} {ready.dataset.unit}".strip())
        return
    names = dict(zip(ready.dataset.classes, class_names(ready.dataset), strict=True))
    st.metric(
        t("predict.answer_class", target=target),
        names[found["answer"]],
        t("predict.sure", share=percent(found["confidence"])),
        delta_color="off",
        delta_arrow="off",
    )
    shares = sorted(found["probabilities"].items(), key=lambda each: -each[1])
    for name, share in shares[:12]:
        st.progress(min(max(share, 0.0), 1.0), f"{plain(names[name])} · {percent(share)}")


def _curves(
    ready: Ready,
    columns: Sequence[AnyColumn],
    row: Row,
    outputs: Any,
    moved: Mapping[str, Moved],
    places: Mapping[str, Any],
) -> None:
    """Of classes the probability of the one that is answered; all on one axis, so that they can be compared."""
    shown = int(outputs.argmax()) if ready.dataset.classes else 0
    every = [float(value) for each in moved.values() for value in each.outputs[:, shown]]
    low, high = (0.0, 1.0) if ready.dataset.classes else (min(every), max(every))
    for column in columns:
        answers = [float(value) for value in moved[column.field].outputs[:, shown]]
        at = _place(column, row[column.name], moved[column.field].values)
        svg = answer_curve(answers, low, high, at, steps=isinstance(column, Category), dark=is_dark())
        text = t("predict.curve_alt", column=plain(column.name), low=number(min(answers)), high=number(max(answers)))
        places[column.field].image(svg, width=200, alt=text)


def _place(column: AnyColumn, value: Any, values: Sequence[Any]) -> float:
    """Where the field stands among its `values`, from 0 to 1."""
    if value is None:
        return 0.0
    if isinstance(column, Category):
        return (values.index(value) + 0.5) / len(values) if value in values else 1.0
    first, last, here = (
        _seconds(each) if isinstance(column, Date) else float(each) for each in (values[0], values[-1], value)
    )
    return min(max((here - first) / max(last - first, NEAR), 0.0), 1.0)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
