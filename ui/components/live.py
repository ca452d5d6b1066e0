"""What the live components share: where their numbers come from, and the script that fetches them."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
Events = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Source:
    """A run that a component watches, up to step `until`.

    `pushed`: the browser fetches its events from the routes beside the pages, else the page hands them in. `live`: it
    may still change. `smoothing` is that of the curves; who draws none leaves it to the others on the page.
    """

    run: str
    pushed: bool
    live: bool = True
    smoothing: float | None = None
    until: int | None = None

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def component(name: str, parts: tuple[str, ...] = ("html", "css"), scripts: tuple[str, ...] = ()) -> Any:
    """The component `name`, with the script that all of them share, and others, in front of its own."""
    texts = {part: (HERE / f"{name}.{part}").read_text(encoding="utf-8") for part in parts}
    script = "\n".join((HERE / f"{file}.js").read_text(encoding="utf-8") for file in ("stream", *scripts, name))
    return st.components.v2.component(f"livefit_{name}", js=script, html=texts.get("html"), css=texts.get("css"))


def nothing() -> None:
    """A state key exists only when it has a callback."""
