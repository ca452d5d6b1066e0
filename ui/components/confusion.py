"""The confusion matrix as a table of buttons: a click or Enter on a cell gives it back to the page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

HERE = Path(__file__).parent


_mount = st.components.v2.component(
    "livefit_confusion_grid",
    html=(HERE / "confusion.html").read_text(encoding="utf-8"),
    css=(HERE / "confusion.css").read_text(encoding="utf-8"),
    js=(HERE / "confusion.js").read_text(encoding="utf-8"),
)


def confusion_grid(
    matrix: NDArray[np.int64],
    names: Sequence[str],
    *,
    key: str,
    labels: dict[str, str],
    mode: Literal["counts", "percent", "difference"] = "counts",
) -> tuple[int, int] | None:
    """Draw the matrix (rows true, columns predicted) and return the chosen cell as (true, predicted).

    In the mode "difference" the numbers are signed, and no difference is white. Of the `labels`, `cell` is read aloud
    for a cell, with {true}, {predicted}, {count} and, but for a difference, {percent} filled in.
    """
    data = {"matrix": matrix.tolist(), "names": list(names), "mode": mode, "labels": labels}
    data["chosen"] = _valid_cell(st.session_state.get(key, {}).get("cell"), len(names))
    result = _mount(key=key, data=data, default={"cell": None}, on_cell_change=_nothing)
    return _valid_cell(result.cell, len(names))


def _nothing() -> None:
    """A state key exists only when it has a callback."""


def _valid_cell(cell: Any, classes: int) -> tuple[int, int] | None:
    """What the browser sent, if it is a cell of this matrix: it may come from an older one, or from anybody."""
    if not isinstance(cell, list | tuple) or len(cell) != 2:
        return None
    if not all(type(index) is int and 0 <= index < classes for index in cell):
        return None
    return cell[0], cell[1]
