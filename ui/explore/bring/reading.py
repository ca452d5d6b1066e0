"""How a file is read: what was found, every part of which can be changed, with the rows as they are then."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dl.datasets.tables.arrivals import change_arrival
from dl.datasets.tables.bringing import FEWEST_ROWS
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.preview import Preview, preview
from dl.datasets.tables.request import TableRequest
from dl.errors import LivefitError, TableUnreadable
from dl.files import Stamp, stamp
from ui.explore.bring.dialect import dialect_controls
from ui.explore.bring.source import official_test_view
from ui.problems import sentence
from ui.server import server
from ui.text import plain, t

NAME_LENGTH = 80
SHOWN_COLUMNS = 50
SHOWN_LEFT_OUT = 3
ROWS_HEIGHT = 300
CURABLE = ("no_rows", "encoding", "too_many_columns")  # perhaps, by reading the file otherwise


def reading_view(request: TableRequest) -> TableRequest | None:
    """Returns what is to be imported, None as long as that cannot be."""
    path = request.fetched or request.source
    try:
        with st.spinner(t("bring.looking")):
            seen = _preview(path, stamp(path), json.dumps(request.dialect, sort_keys=True))
    except LivefitError as error:
        _unreadable_view(request, error)
        return None
    asked, rows = st.columns([2, 3], gap="large")
    with asked:
        ready = _questions(request, seen) if _has_rows(path, seen) else None
        official_test_view(request)
    with rows:
        _first_rows(path, seen)
        dialect_controls(request, seen)
    return ready


@st.cache_data(show_spinner=False, max_entries=20)
def _preview(path: str, _unchanged: Stamp | None, dialect: str) -> Preview:
    return preview(path, **json.loads(dialect))


def _unreadable_view(request: TableRequest, error: LivefitError) -> None:
    st.error(sentence(error), icon=":material/error:")
    if request.dialect:
        st.button(t("bring.as_found"), icon=":material/undo:", key="bring_as_found", on_click=_change, args=(request,))
    elif error.facts.get("reason") in CURABLE:
        dialect_controls(request, Preview(Dialect(), (), (), ()))


def _has_rows(path: str, seen: Preview) -> bool:
    """Says it if not: more than are shown may follow, but of so few all are shown."""
    if len(seen.rows) >= FEWEST_ROWS:
        return True
    facts = {"file": Path(path).name, "rows": len(seen.rows), "limit": FEWEST_ROWS}
    st.error(sentence(TableUnreadable(reason="too_few_rows", **facts)), icon=":material/error:")
    return False


def _change(request: TableRequest) -> None:
    change_arrival(server().workspace, request, dialect={})


def _questions(request: TableRequest, seen: Preview) -> TableRequest | None:
    """What is to be predicted, and what the data set is called."""
    target = request.target if request.target in seen.names else seen.target
    st.session_state.update(bring_target=target or None, bring_name=request.name)
    st.selectbox(
        t("bring.target"),
        seen.names,
        key="bring_target",
        on_change=_keep,
        args=(request, "target"),
        help=t("bring.target_help"),
        placeholder=t("bring.target_none"),
    )
    if target and target == seen.target:
        st.caption(t("bring.target_suggested"))
    st.text_input(t("bring.name"), key="bring_name", max_chars=NAME_LENGTH, on_change=_keep, args=(request, "name"))
    return request.model_copy(update={"target": target}) if target else None


def _keep(request: TableRequest, field: str) -> None:
    value = (st.session_state[f"bring_{field}"] or "").strip()
    if value:
        change_arrival(server().workspace, request, **{field: value})


def _first_rows(path: str, seen: Preview) -> None:
    st.markdown(f"**{plain(Path(path).name)}** · {t('bring.first_rows', count=len(seen.rows))}")
    names, holds = seen.names[:SHOWN_COLUMNS], seen.holds[:SHOWN_COLUMNS]
    frame = pd.DataFrame([row[:SHOWN_COLUMNS] for row in seen.rows], columns=[*map(str, range(len(names)))])
    st.dataframe(frame, hide_index=True, height=ROWS_HEIGHT, column_config=_headings(names, holds), alt=t("bring.rows"))
    if len(seen.names) > SHOWN_COLUMNS:
        st.caption(t("bring.more_columns", shown=SHOWN_COLUMNS, count=len(seen.names)))
    if seen.left_out:
        said = [sentence(left) for left in seen.left_out[:SHOWN_LEFT_OUT]]
        more = len(seen.left_out) - len(said)
        st.warning("  \n".join([*said, *([t("bring.left_out_more", count=more)] if more else [])]))


def _headings(names: tuple[str, ...], holds: tuple[str, ...]) -> dict[str, Any]:
    return {
        str(number): st.column_config.TextColumn(
            f"{name} · {t(f'bring.holds_{kind}')}", alignment="right" if kind == "number" else "left"
        )
        for number, (name, kind) in enumerate(zip(names, holds, strict=True))
    }
