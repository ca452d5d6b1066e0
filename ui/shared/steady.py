"""Buttons that come where another one stood a moment ago: whoever clicks there meant that one."""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from ui import state

DEAF_SECONDS = 1.75  # a second and a half in the browser, which draws a moment after the server


def steady_button(
    label: str, *, key: str, place: str, came: str, act: Callable[[], object] | None = None, **how: Any
) -> bool:
    """A button that hears nothing in its first second and a half at its `place`; the page can say so.

    Another text of `came` makes it a new one. `act` is done before the page is drawn again.
    """
    since = state.came(place, f"{key}/{came}")
    clicked = st.button(label, key=key, on_click=_heed, args=(since, act), **how)
    return clicked and not _is_deaf(since)


def _heed(since: float, act: Callable[[], object] | None) -> None:
    if _is_deaf(since):
        state.be_deaf()
    elif act:
        act()


def _is_deaf(since: float) -> bool:
    return time.time() - since < DEAF_SECONDS
