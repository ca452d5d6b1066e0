"""A page of its own for the component tests: a live chart that grows, a board, and a confusion matrix."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from ui.charts.curves import Curve, Look
from ui.components.confusion import confusion_grid
from ui.components.live import Source
from ui.components.live_chart import live_chart, zoomed_range

st.session_state.setdefault("ticks", 0)
CURVES = (Curve("1", "training"), Curve("1", "validation", role="validation", per_epoch=True))
LABELS = {
    "png": "Download as PNG",
    "svg": "Download as SVG",
    "csv": "Download as CSV",
    "reset": "Show everything",
    "failed": "The chart could not be drawn in this browser.",
    "alt": "Loss falls from {first} to {last}",
    "alt_empty": "Nothing yet",
    "percent": "{number} %",
    "title": "A falling loss",
}
CELLS = {
    "true": "true",
    "predicted": "predicted",
    "caption": "Confusion matrix",
    "cell": "true {true}, predicted {predicted}: {count} ({percent} %)",
}


def news(steps: np.ndarray) -> dict:
    """What the server would tell of a run whose loss falls."""
    loss = np.exp(-steps / 500).tolist()
    epochs = [
        {"epoch": place + 1, "step": int(steps[at]), "loss": loss[at], "val_loss": loss[at] + 0.1}
        for place, at in enumerate(range(0, len(steps), 50))
    ]
    line = {"step": steps.tolist(), "value": loss}
    return {"curves": {"loss": {"raw": line}}, "before": 0, "epochs": epochs, "saved": [], "changes": [], "step": 1}


def chart() -> None:
    st.session_state.ticks += 1
    events = {"1": news(np.arange(100 * st.session_state.ticks))}
    look = Look("step", "loss", uirevision="run")
    source = Source("1", pushed=False)
    asked = live_chart(
        CURVES,
        look,
        [source],
        key="loss",
        metric="loss",
        how={"is_share": False, "unit": None},
        events=events,
        labels=LABELS,
        file="loss",
    )
    st.session_state.numbers = st.session_state.get("numbers") or asked.csv
    if st.session_state.numbers:
        st.text("numbers asked for")
    st.text(f"tick {st.session_state.ticks}")
    st.text(f"zoomed {zoomed_range('loss')}")


st.button("run everything")
if st.checkbox("show the chart", True):
    st.fragment(chart, run_every=0.3)()
matrix = np.array([[50, 2, 0], [1, 45, 4], [0, 0, 1122]])
chosen = confusion_grid(matrix, ["cat", "<img src=x onerror=window.attacked=1>", "鸟"], key="matrix", labels=CELLS)
st.text(f"chosen {chosen}")
