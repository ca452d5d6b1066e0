"""Where Plotly's script comes from, and what the browser may say about the zoom."""

from pathlib import Path
from typing import Any

import plotly
import pytest
import streamlit as st

from ui.components.live_chart import STATIC, plotly_sources, zoomed_range


def test_script_comes_from_streamlit_first_and_from_the_plotly_package_after() -> None:
    first, *_, last = plotly_sources()
    assert first.startswith("./static/js/PlotlyChart.")
    assert last == "./app/static/plotly.min.js"


def test_published_script_is_that_of_the_plotly_package() -> None:
    plotly_sources()
    original = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert (STATIC / "plotly.min.js").read_bytes() == original.read_bytes()


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
