"""Where Plotly's script comes from, and what the browser may say about the zoom."""

from typing import Any

import pytest
import streamlit as st

from ui.components.live import plotly_sources
from ui.components.live_chart import zoomed_range


def test_script_comes_from_streamlit_first_and_from_the_plotly_package_after() -> None:
    first, *_, last = plotly_sources()
    assert first.startswith("./static/js/PlotlyChart.")
    assert last == "./api/plotly.js"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([1, 2.5], (1, 2.5)),
        ([9, -1], (-1, 9)),
        (None, None),
        ([1], None),
        ([1, "2"], None),
        ([True, 2], None),
        ([1, float("nan")], None),
        ([1, 10**400], None),
        ("12", None),
        ({"a": 1, "b": 2}, None),
    ],
)
def test_zoom_is_a_range_or_nothing(monkeypatch: pytest.MonkeyPatch, sent: Any, expected: Any) -> None:
    monkeypatch.setattr(st, "session_state", {"chart": {"zoomed": sent}})
    assert zoomed_range("chart") == expected
    assert zoomed_range("another") is None
