"""Dialogs that stay open while the page around them is drawn again."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ui import state


def open_dialog_now(name: str, *about: Any) -> None:
    """For a button of the page, which then is drawn with it."""
    state.open_dialog(name, *about)
    st.rerun()


def dialog(title: str, icon: str, draw: Callable[[], None], **how: Any) -> None:
    """To be drawn at the end of the page, in each of its runs while the session says that it is open."""
    st.dialog(title, icon=f":material/{icon}:", on_dismiss=state.close_dialog, **how)(draw)()
