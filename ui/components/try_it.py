"""A picture that is drawn, or changed, and what the network says to it while that is done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.components.live import component

_try_it = component("try_it", "html", "css", scripts=("pad",))


@dataclass(frozen=True)
class Asked:
    """What a browser that cannot ask by itself handed in: a data URL of a PNG, and the steps that are left out."""

    picture: str
    left: tuple[str, ...]


def try_it(data: Mapping[str, Any], *, key: str) -> Asked | None:
    """`data["pushed"]`: the browser asks the route beside the pages, and nothing is handed in."""
    result = _try_it(key=key, data=dict(data), default={"asked": None}, on_asked_change=_nothing)
    return _valid(result.asked)


def handed_in(key: str) -> Asked | None:
    """By the browser, as the page runs again because of it."""
    return _valid((st.session_state.get(key) or {}).get("asked"))


def _nothing() -> None:
    """A state key exists only when it has a callback."""


def _valid(asked: Any) -> Asked | None:
    """It may come from anybody."""
    if not isinstance(asked, Mapping) or not isinstance(picture := asked.get("picture"), str):
        return None
    left = asked.get("left")
    if not re.match(r"data:image/png;base64,", picture) or not isinstance(left, list):
        return None
    return Asked(picture, tuple(name for name in left if isinstance(name, str)))
