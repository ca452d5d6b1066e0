"""What is asked of the rows of a table: filters that are added and taken away, and an order; all of it in the URL."""

import streamlit as st

from dl.datasets.columns import Column, Date, Number
from dl.datasets.tables.table import Table
from dl.errors import DatasetError
from dl.profiles.filters import BY_LINE, LINE, Filter, Filters, Operator, Sort, conditions, filters_of, sort_of
from dl.profiles.profile import Profile
from ui import state
from ui.explore.table.figures import short
from ui.problems import sentence
from ui.text import plain, t

COMPARING: tuple[Operator, ...] = ("=", "≠", "<", "≤", ">", "≥", "missing", "known")
NAMING: tuple[Operator, ...] = ("=", "≠", "contains", "missing", "known")
WITHOUT_VALUE = ("missing", "known")


def filter_controls(table: Table, profile: Profile | None) -> Filters:
    """Those in force, each with a button that takes it away, below the fields that make another."""
    filters = filters_of(table, state.list_in_url("filter"))
    _new_filter(table, profile)
    if failure := st.session_state.pop("explore_filter_failure", None):
        st.error(failure, icon=":material/error:")
    if filters:
        with st.container(horizontal=True, gap="xsmall", key="explore_filters"):
            for place, each in enumerate(filters):
                words = f"{_said(table, each)} :material/close:"
                help, key = t("table.remove_filter"), f"explore_filter_{place}"
                st.button(words, key=key, help=help, on_click=_remove, args=(filters, place))
    return filters


def sort_controls(table: Table) -> Sort:
    """By the line of the file until something else is chosen."""
    sort = sort_of(table, st.query_params.get("sort", ""))
    st.session_state.update(explore_sort=sort.column, explore_descending=sort.descending)
    names = {LINE: t("table.line")} | {column.field: column.name for column in table.description.columns}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("table.sort"), list(names), format_func=names.__getitem__, key="explore_sort", on_change=_sort, width=220
        )
        st.toggle(t("table.descending"), key="explore_descending", on_change=_sort)
    return sort


def _new_filter(table: Table, profile: Profile | None) -> None:
    names = {column.field: column.name for column in table.description.columns}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        field = st.selectbox(
            t("table.filter"), list(names), format_func=names.__getitem__, key="explore_filter_column", width=220
        )
        column = table.column(field)
        operators, key = (COMPARING, "compare") if isinstance(column, Number | Date) else (NAMING, "name")
        key = f"explore_filter_{key}"
        operator = st.selectbox(t("table.operator"), operators, format_func=_operator, key=key, width=150)
        value_key = "" if operator in WITHOUT_VALUE else _value_control(column, profile)
        add, icon = t("table.add_filter"), ":material/filter_alt:"
        st.button(add, icon=icon, key="explore_filter_add", on_click=_add, args=(table, field, key, value_key))


def _value_control(column: Column, profile: Profile | None) -> str:
    """Words are offered as they stand in the table, and others may be typed. The key of the field."""
    label, key = t("table.filter_value"), f"explore_filter_value_{column.field}"
    if isinstance(column, Number | Date) or profile is None:
        st.text_input(label, key=key, width=220)
    else:
        levels = [str(level.value) for level in profile.column(column.field).frequent]
        st.selectbox(label, levels, index=None, key=key, accept_new_options=True, width=220)
    return key


def _add(table: Table, field: str, operator_key: str, value_key: str) -> None:
    value = st.session_state[value_key] if value_key else ""
    new = Filter(field, st.session_state[operator_key], value or "")
    try:
        conditions(table, (new,))
    except DatasetError as error:
        st.session_state["explore_filter_failure"] = sentence(error)
        return
    _put(tuple(dict.fromkeys((*filters_of(table, state.list_in_url("filter")), new))))


def _remove(filters: Filters, place: int) -> None:
    _put(filters[:place] + filters[place + 1 :])


def _put(filters: Filters) -> None:
    state.put_list_in_url("filter", [str(each) for each in filters])
    state.put_in_url("page", None)


def _sort() -> None:
    sort = Sort(st.session_state["explore_sort"], st.session_state["explore_descending"])
    state.put_in_url("sort", None if sort == BY_LINE else str(sort))
    state.put_in_url("page", None)


def _operator(operator: Operator) -> str:
    words = {"contains": "contains", "missing": "is_missing", "known": "is_known"}
    return t(f"table.{words[operator]}") if operator in words else operator


def _said(table: Table, each: Filter) -> str:
    value = "" if each.operator in WITHOUT_VALUE else f" {plain(short(str(each.value)))}"
    return f"{plain(short(table.column(each.column).name))} {plain(_operator(each.operator))}{value}"
