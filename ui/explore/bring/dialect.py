"""The parts of a dialect as fields; what is changed is asked for from then on, the rest is found anew."""

from typing import Any

import streamlit as st

from dl.datasets.tables.arrivals import change_arrival, read_arrival
from dl.datasets.tables.dialect import Format
from dl.datasets.tables.preview import Preview
from dl.datasets.tables.request import TableRequest
from ui.server import server
from ui.text import has_text, t

NUMBERS = ("decimal", "thousands", "day_first")
PARTS: dict[Format, tuple[str, ...]] = {
    "csv": ("delimiter", "quote", "encoding", "header", "skip", *NUMBERS),
    "excel": ("sheet", "header", "skip", *NUMBERS),
    "json_lines": NUMBERS,
    "parquet": (),
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "delimiter": (",", ";", "\t", "|", " "),
    "quote": ('"', "'", ""),
    "encoding": ("utf-8", "utf-16", "cp1252", "cp1251", "gb18030", "big5", "shift_jis"),
    "header": (True, False),
    "decimal": (".", ","),
    "thousands": ("", ",", ".", " ", "'"),
    "day_first": (True, False),
}
NAMES: dict[Any, str] = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "space",
    ".": "point",
    "'": "apostrophe",
}
NAMES |= {'"': "quote", "": "none", True: "yes", False: "no"}
OPEN = ("delimiter", "encoding")  # others than those in the list can be typed
WIDTH = 168
MOST_SKIPPED = 1000


def dialect_controls(request: TableRequest, seen: Preview) -> None:
    """A field for each part that the format knows."""
    parts = PARTS[seen.dialect.format]
    st.markdown(f"**{t('bring.dialect')}** · {t(f'bring.format_{seen.dialect.format}')}")
    st.caption(t("bring.dialect_caption" if parts else "bring.dialect_none"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for part in parts:
            _field(request, part, getattr(seen.dialect, part), seen.sheets)


def _field(request: TableRequest, part: str, value: Any, sheets: tuple[str, ...]) -> None:
    key = f"bring_{part}"
    st.session_state[key] = value
    how: dict[str, Any] = {"key": key, "on_change": _changed, "args": (request, part)}
    if part == "skip":
        st.number_input(t("bring.skip"), 0, MOST_SKIPPED, width=WIDTH, **how)
        return
    choices = sheets if part == "sheet" else CHOICES[part]
    options = choices if value in choices else (*choices, value)
    st.selectbox(
        t(f"bring.{part}"),
        options,
        format_func=lambda option: _named(part, option),
        accept_new_options=part in OPEN,
        width=WIDTH,
        **how,
    )


def _named(part: str, option: Any) -> str:
    """A mark by its name and as it looks, and what else a person may have typed as it is."""
    name = NAMES.get(option, "")
    if has_text(f"bring.{part}_{name}"):
        return t(f"bring.{part}_{name}")
    if not has_text(f"bring.mark_{name}"):
        return str(option)
    return f"{t(f'bring.mark_{name}')} {option}".strip()


def _changed(request: TableRequest, part: str) -> None:
    value = st.session_state[f"bring_{part}"]
    if value is not None:
        workspace = server().workspace
        known = read_arrival(workspace, request.arrival) or request  # another part may have changed since it was drawn
        change_arrival(workspace, request, dialect=known.dialect | {part: value})
