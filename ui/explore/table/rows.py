"""The rows themselves: filtered, sorted and paged in the database, so that any size will do."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dl.datasets.tables.table import Table
from dl.profiles.filters import BY_LINE, Filters, Sort
from dl.profiles.profile import Profile
from dl.profiles.rows import Page, count, csv_blocks, page
from ui.explore.table.asking import filter_controls, sort_controls
from ui.explore.table.seen import table_key
from ui.server import server
from ui.shared.gallery import page_controls
from ui.shared.table_headings import heading
from ui.text import t

PER_PAGE = 50


def rows_view(table: Table, profile: Profile | None) -> None:
    """Raises NotComparable, where the URL asks for it."""
    filters = filter_controls(table, profile)
    sort = sort_controls(table)
    with st.spinner(t("table.searching")):
        found = _count(table_key(table), filters, table)
    with st.container(horizontal=True, vertical_alignment="center"):
        text = "table.rows_found" if filters else "table.rows_all"
        st.markdown(t(text, count=found, rows=table.rows), width="stretch")
        _download_button(table, filters, sort, found)
    if not found:
        st.info(t("table.no_rows"), icon=":material/filter_alt_off:")
        return
    place = page_controls(found, PER_PAGE, f"explore_rows_{hash((filters, sort))}")
    with st.spinner(t("table.searching")):
        shown = _page(table_key(table), filters, sort, place.start, table)
    _page_view(table, shown)


@st.cache_data(max_entries=200, show_spinner=False)
def _count(key: str, filters: Filters, _table: Table) -> int:
    return count(_table, filters)


@st.cache_data(max_entries=50, show_spinner=False)
def _page(key: str, filters: Filters, sort: Sort, offset: int, _table: Table) -> Page:
    return page(_table, filters, sort, offset, PER_PAGE)


def _page_view(table: Table, shown: Page) -> None:
    columns = table.description.columns
    frame = pd.DataFrame(
        {column.field: [row[place] for row in shown.rows] for place, column in enumerate(columns)}
        | {"line": shown.lines}
    )
    frame = frame[["line", *(column.field for column in columns)]]
    line = st.column_config.NumberColumn(t("table.line"), help=t("table.line_help"), format="localized", pinned=True)
    headings = {"line": line} | {column.field: heading(column, frame) for column in columns}
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        column_config=headings,
        placeholder="",
        key="explore_rows",
        alt=t("table.rows_alt"),
    )
    st.caption(t("table.rows_caption"))


def _download_button(table: Table, filters: Filters, sort: Sort, found: int) -> None:
    """From the route that sends them in blocks; where only pages are served, all at once."""
    label, icon, help = t("table.download"), ":material/download:", t("table.download_help")
    if server().pushes.is_set():
        asked = [("filter", str(each)) for each in filters] + ([] if sort == BY_LINE else [("sort", str(sort))])
        url = f"api/datasets/{table.description.id}/rows.csv?{urlencode(asked)}"
        st.link_button(label, url, icon=icon, help=help, disabled=not found, key="explore_download")
        return
    st.download_button(
        label,
        lambda: "".join(csv_blocks(table, filters, sort)).encode(),
        f"{table.description.id}.csv",
        "text/csv",
        key="explore_download",
        on_click="ignore",
        icon=icon,
        disabled=not found,
        help=help,
    )
