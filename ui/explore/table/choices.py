"""What a person decides about a table: the column to predict, what it means, what each column is, and the test rows."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from dl.datasets.columns import AnyColumn, Category, Kind, Role
from dl.datasets.description import Dataset
from dl.datasets.tables.changes import set_kind, set_missing, set_role, set_target, set_task
from dl.datasets.tables.official_test import unseen_levels
from dl.datasets.tables.table import Table
from dl.errors import LivefitError
from ui.explore.refusals import refuse
from ui.explore.table.split import split_controls
from ui.server import server
from ui.text import plain, t

Change = Callable[[Table], Table]
KINDS: tuple[Kind, ...] = ("number", "category", "date", "text", "identifier")
TARGET_KINDS: tuple[Kind, ...] = ("number", "category")
ROLES: tuple[Role, ...] = ("feature", "target", "ignored")
TASKS = ("classification", "regression")
SHOWN_LEVELS = 5


def head_controls(table: Table) -> None:
    """The target, its task and the test rows in a row; under it what is wrong with the test rows."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="explore_head"):
        _target_control(table)
        _task_control(table)
        split_controls(table, partial(act_on, table.description.id))
    _unseen_view(table)


def column_controls(table: Table, field: str) -> None:
    """Kind and role of one column, and which of its words mean that nothing is known."""
    column = table.column(field)
    is_target = column.role == "target"
    names = {part: f"explore_{part}_{field}" for part in ("kind", "role", "missing")}
    st.session_state.update(
        {names["kind"]: column.kind, names["role"]: column.role, names["missing"]: list(column.missing)}
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"explore_column_{field}"):
        st.selectbox(
            t("choices.kind"),
            TARGET_KINDS if is_target else KINDS,
            format_func=lambda kind: t(f"choices.kind_{kind}"),
            width=160,
            key=names["kind"],
            on_change=_kind_chosen,
            args=(table, field),
        )
        st.selectbox(
            t("choices.role"),
            ROLES,
            format_func=lambda role: t(f"choices.role_{role}"),
            width=140,
            key=names["role"],
            on_change=_role_chosen,
            args=(table, field),
            disabled=is_target,
            help=t("choices.role_help"),
        )
        st.multiselect(
            t("choices.missing"),
            column.missing,
            accept_new_options=True,
            placeholder=t("choices.missing_none"),
            width=260,
            key=names["missing"],
            on_change=_missing_chosen,
            args=(table, field),
            help=t("choices.missing_help"),
        )


def act_on(dataset_id: str, change: Change) -> None:
    """On the table as it is now, for another tab may have changed it."""
    try:
        change(server().datasets.table(dataset_id))
    except LivefitError as error:
        refuse(error)


def _target_control(table: Table) -> None:
    columns = {column.field: column for column in table.description.columns}
    st.session_state["explore_target"] = table.description.target.field
    st.selectbox(
        t("choices.target"),
        [*columns],
        format_func=lambda field: columns[field].name,
        key="explore_target",
        on_change=_target_chosen,
        args=(table.description.id,),
        help=t("choices.target_help"),
        width=260,
    )


def _task_control(table: Table) -> None:
    target = table.description.target
    st.session_state["explore_task"] = TASKS[not isinstance(target, Category)]
    st.selectbox(
        t("choices.task"),
        TASKS,
        format_func=lambda task: _task_name(task, target),
        width=180,
        key="explore_task",
        on_change=_task_chosen,
        args=(table.description.id,),
        help=t("choices.task_help"),
    )


def _task_name(task: str, target: AnyColumn) -> str:
    if task == "regression":
        return t("choices.regression")
    return t("choices.classes", count=len(target.levels)) if isinstance(target, Category) else t("choices.class")


def _unseen_view(table: Table) -> None:
    """Classes that cannot be learnt, and what was mended for the test file."""
    if unseen := _unseen(str(table.folder), table.description.model_dump_json()):
        facts = {"levels": _listed(unseen), "target": plain(table.description.target.name)}
        st.warning(t("choices.unseen", **facts), icon=":material/warning:")
    if table.description.origin and (pointed := table.description.origin.pointed):
        st.info(t("choices.pointed", columns=_listed(pointed)), icon=":material/info:")


@st.cache_data(show_spinner=False, max_entries=50)
def _unseen(folder: str, described: str) -> list[str]:
    """Looked for once for each way in which the table is described."""
    return unseen_levels(Table(Path(folder), Dataset.model_validate_json(described)))


def _listed(words: Sequence[str]) -> str:
    shown = t("format.list").join(f"“{plain(word)}”" for word in words[:SHOWN_LEVELS])
    return shown if len(words) <= SHOWN_LEVELS else f"{shown} …"


def _target_chosen(dataset_id: str) -> None:
    act_on(dataset_id, lambda table: set_target(table, st.session_state["explore_target"]))


def _task_chosen(dataset_id: str) -> None:
    act_on(dataset_id, lambda table: set_task(table, st.session_state["explore_task"]))


def _kind_chosen(table: Table, field: str) -> None:
    kind = st.session_state[f"explore_kind_{field}"]
    act_on(table.description.id, lambda now: set_kind(now, field, kind))


def _role_chosen(table: Table, field: str) -> None:
    role = st.session_state[f"explore_role_{field}"]
    act_on(table.description.id, lambda now: set_role(now, field, role))


def _missing_chosen(table: Table, field: str) -> None:
    spellings = st.session_state[f"explore_missing_{field}"]
    act_on(table.description.id, lambda now: set_missing(now, field, spellings))
