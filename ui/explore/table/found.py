"""What is wrong with a table, worst first, each with the button that mends it; and the way back."""

from dataclasses import dataclass

import streamlit as st

from dl.datasets.description import Dataset
from dl.datasets.tables.table import Table
from dl.errors import DatasetError
from dl.profiles.actions import acted, undone
from dl.profiles.finding import Action, Finding
from dl.profiles.findings import findings
from ui.explore.findings import button, done, said
from ui.explore.table.seen import Seen, table_key
from ui.problems import sentence
from ui.server import server
from ui.text import t

FIRST = 3  # that stand on the first screen
COLORS = {3: "red", 2: "orange", 1: "gray"}
ICONS = {3: "error", 2: "warning", 1: "info"}


@dataclass(frozen=True)
class Done:
    """What was pressed last, and how the table was described before; `after` is the key of the table it became."""

    action: Action
    column: str
    former: Dataset
    after: str


def findings_view(seen: Seen) -> None:
    """Those of what has changed a moment ago wait until it has been looked at again."""
    _done_view(seen.table)
    if failure := st.session_state.pop("explore_failure", None):
        st.error(failure, icon=":material/error:")
    found = _findings(table_key(seen.table), seen.profile.read, seen.is_current, seen)
    with st.container(gap="xsmall", key="explore_findings"):
        for place, finding in enumerate(found[:FIRST]):
            _finding_view(seen.table, finding, place)
    if rest := found[FIRST:]:
        with st.expander(t("table.more_findings", count=len(rest)), key="explore_more_findings"):
            for place, finding in enumerate(rest, start=FIRST):
                _finding_view(seen.table, finding, place)


@st.cache_data(max_entries=32, show_spinner=False)
def _findings(key: str, read: int, is_current: bool, _seen: Seen) -> tuple[Finding, ...]:
    found = findings(_seen.profile, _seen.table)
    if is_current:
        return found
    kinds = {column.field: column.kind for column in _seen.profile.columns}
    changed = {column.field for column in _seen.table.description.columns if column.kind != kinds[column.field]}
    return tuple(each for each in found if not changed.intersection(each.columns))


def _finding_view(table: Table, finding: Finding, place: int) -> None:
    color, icon = COLORS[finding.severity], ICONS[finding.severity]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":{color}[:material/{icon}:] {said(finding)}", width="stretch")
        if words := button(finding.action):
            st.button(words, key=f"explore_act_{place}", on_click=_act, args=(table, finding))


def _act(table: Table, finding: Finding) -> None:
    """On the table as it is by now: another page may have changed it. What cannot be done is said."""
    try:
        table = server().datasets.table(table.description.id)
        with st.spinner(t("table.acting")):
            changed = acted(table, finding.action)
    except DatasetError as error:
        st.session_state["explore_failure"] = sentence(error)
        return
    column = str(finding.facts.get("column", ""))
    st.session_state["explore_done"] = Done(finding.action, column, table.description, table_key(changed))


def _done_view(table: Table) -> None:
    """The last step alone, while nothing else has been changed."""
    last: Done | None = st.session_state.get("explore_done")
    if last is None or last.after != table_key(table):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="explore_done_view"):
        st.markdown(f":green[:material/check:] {done(last.action, last.column)}", width="content")
        st.button(
            t("table.undo"), icon=":material/undo:", type="tertiary", key="explore_undo", on_click=_undo, args=(table,)
        )


def _undo(table: Table) -> None:
    last: Done = st.session_state.pop("explore_done")
    with st.spinner(t("table.acting")):
        undone(table, last.former)
