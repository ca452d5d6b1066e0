"""Draws nothing: tells the browser the language of the page, what the Back button goes through, and keys to heed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

Keys = Mapping[str, Sequence[str]]
_script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_mount = st.components.v2.component("livefit_manners", js=_script)


def page_manners(language: str, keys: Keys) -> None:
    """`keys` names for a key of the keyboard the buttons of which it presses the first that can be pressed; it is heard
    only while nothing that would hear it itself has the focus."""
    data = {"language": language, "keys": {name: list(buttons) for name, buttons in keys.items()}}
    _mount(key="page_manners", data=data)
