"""A page of its own for the component tests: a live chart that grows, and a confusion matrix."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from ui.charts.curves import Curve, learning_curves
from ui.components.confusion import confusion_grid
from ui.components.live_chart import live_chart, zoomed_range

st.session_state.setdefault("ticks", 0)


def chart() -> None:
    st.session_state.ticks += 1
    steps = np.arange(100 * st.session_state.ticks)
    curves = [
        Curve("training", steps, np.exp(-steps / 500)),
        Curve("validation", steps[::50], np.exp(-steps[::50] / 500) + 0.1, role="validation", per_epoch=True),
    ]
    figure = learning_curves(curves, x_title="step", y_title="loss", uirevision="run")
    live_chart(figure, key="loss", alt="Loss falls from 1 to 0", file="loss")
    st.text(f"tick {st.session_state.ticks}")
    st.text(f"zoomed {zoomed_range('loss')}")


st.button("run everything")
if st.checkbox("show the chart", True):
    st.fragment(chart, run_every=0.3)()
matrix = np.array([[50, 2, 0], [1, 45, 4], [0, 0, 60]])
chosen = confusion_grid(matrix, ["cat", "<img src=x onerror=window.attacked=1>", "鸟"], key="matrix")
st.text(f"chosen {chosen}")
