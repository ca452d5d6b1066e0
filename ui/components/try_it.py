"""A picture that is drawn, or changed, and what the network says to it while that is done."""

import base64
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


@dataclass(frozen=True)
class Kept:
    """A drawing that shall be kept, a PNG, as one of the class `label`."""

    content: bytes
    label: str


def try_it(data: Mapping[str, Any], *, key: str) -> Kept | None:
    """What the person has just kept, if anything. `data["pushed"]`: the browser asks the route beside the pages."""
    result = _try_it(
        key=key, data=dict(data), default={"asked": None}, on_asked_change=_nothing, on_kept_change=_nothing
    )
    return _kept(result.kept, data["classes"])


def handed_in(key: str) -> Asked | None:
    """By the browser, as the page runs again because of it."""
    return _valid((st.session_state.get(key) or {}).get("asked"))


def _nothing() -> None:
    """A state key exists only when it has a callback."""


def _kept(kept: Any, classes: Mapping[str, str]) -> Kept | None:
    """It may come from anybody."""
    if not isinstance(kept, Mapping) or kept.get("label") not in classes or not _is_png(kept.get("picture")):
        return None
    return Kept(base64.b64decode(kept["picture"].partition(",")[2]), kept["label"])


def _is_png(picture: Any) -> bool:
    """A data URL of one, as far as it tells."""
    return isinstance(picture, str) and re.fullmatch(r"data:image/png;base64,[A-Za-z0-9+/]+=*", picture) is not None


def _valid(asked: Any) -> Asked | None:
    """It may come from anybody."""
    if not isinstance(asked, Mapping) or not _is_png(asked.get("picture")) or not isinstance(asked.get("left"), list):
        return None
    return Asked(asked["picture"], tuple(name for name in asked["left"] if isinstance(name, str)))
