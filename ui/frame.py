"""What all pages have in common: the list of pages, their order, the head of a page and the language switch."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import streamlit as st

from ui import state
from ui.server import server
from ui.text import LANGUAGE_KEY, LANGUAGES, browser_language, language, t

PROJECT = Path(__file__).resolve().parents[1]
ICONS = {
    "home": ":material/home:",
    "explore": ":material/image_search:",
    "configure": ":material/account_tree:",
    "train": ":material/show_chart:",
    "evaluate": ":material/grid_on:",
    "predict": ":material/draw:",
}
Keys = Mapping[str, Sequence[str]]
_manners = st.components.v2.component(
    "livefit_manners", js=(PROJECT / "ui" / "components" / "manners.js").read_text(encoding="utf-8")
)
_ROUTED, _REROUTED = "frame_routed", "frame_rerouted"


def page_file(name: str) -> str:
    return str(PROJECT / "pages" / f"{name}.py")


def navigation() -> Any:
    """The pages in the order of the work; the main script runs what this returns.

    Without icons: Streamlit would fetch each from Google's servers for the browser's tab.
    """
    st.session_state[_ROUTED] = True
    pages = [st.Page(page_file(name), title=t(f"nav.{name}"), default=name == "home") for name in ICONS]
    return st.navigation(pages, position="hidden" if is_alone() else "top")


def is_alone() -> bool:
    """Whether the link is to what the page is about and nothing else, for somebody who shall not see the studio."""
    return st.query_params.get("view") == "form"


def open_page(name: str) -> None:
    """The first line of every page: title and logo.

    It routes if the main script has not, as of a plain script at a cold server's first deep link.
    """
    set_title(t(f"nav.{name}"))
    if not st.session_state.pop(_ROUTED, False):
        navigation()
        del st.session_state[_ROUTED]
        if not st.session_state.get(_REROUTED):  # through app.py now, or the first click would be lost
            st.session_state[_REROUTED] = True
            st.rerun()
    st.html(PROJECT / "ui" / "streamlit.css")
    st.logo(str(PROJECT / "static" / "logo.svg"), size="large")
    state.enter(name)
    server()


def set_title(title: str) -> None:
    """The title of the browser's tab."""
    icon = str(PROJECT / "static" / "icon.png")
    st.set_page_config(page_title=full_title(title), page_icon=icon, layout="wide")


def full_title(title: str) -> str:
    return f"{title} · Livefit"


def page_head(
    name: str,
    action: Callable[[], None] | None = None,
    unseen: Callable[[], None] | None = None,
    *,
    beside: Callable[[], None] | None = None,
    keys: Keys = MappingProxyType({}),
) -> None:
    """Title and question of the page on the left; on the right its one primary button and the language switch.

    What stands `beside` the title takes the room of the question. What is `unseen` takes none.
    Each of the `keys` of the keyboard presses the first of the buttons named for it that can be pressed, while nothing
    that would hear it itself has the focus.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            if beside:
                with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                    st.title(t(f"{name}.title"), anchor=False, width="content")
                    beside()
            else:
                st.title(t(f"{name}.title"), anchor=False)
                st.caption(t(f"{name}.question"))
            _manners(key="page_manners", data={"language": language(), "keys": {key: [*keys[key]] for key in keys}})
            if unseen:
                unseen()
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            if action:
                action()
            language_switch()


def primary_button(key: str, action: Callable[..., None], *arguments: Any, disabled: bool = False) -> None:
    """The page's next step, named by what it does: the key `<page>_<action>` has the text `<page>.<action>_button`.

    Not a callback: that would get the arguments of the run before, without what was typed just before the click.
    """
    label = t(f"{key.replace('_', '.', 1)}_button")
    clicked = st.button(label, key=key, icon=":material/play_arrow:", type="primary", disabled=disabled)
    if clicked and not disabled:
        action(*arguments)


def language_switch() -> None:
    """English or Chinese; the URL keeps the choice where it differs from what the browser asks for."""
    chosen = st.segmented_control(
        t("frame.language"),
        list(LANGUAGES),
        default=language(),
        format_func=LANGUAGES.__getitem__,
        key="frame_language",
        on_change=_speak,
        required=True,
        label_visibility="collapsed",
    )
    if chosen != browser_language():
        state.put_in_url(LANGUAGE_KEY, chosen)


def _speak() -> None:
    if chosen := st.session_state.get("frame_language"):  # gone when a tick of the page before comes late
        st.session_state[LANGUAGE_KEY] = chosen
        state.put_in_url(LANGUAGE_KEY, None)


def dialog(title: str, icon: str, draw: Callable[[], None], **how: Any) -> None:
    """To be drawn at the end of the page, in each of its runs while the session says that it is open."""
    st.dialog(title, icon=f":material/{icon}:", on_dismiss=state.close_dialog, **how)(draw)()


def is_dark() -> bool:
    return st.context.theme.type == "dark"
