"""Where Plotly's script comes from."""

from pathlib import Path

import plotly

from ui.components.live_chart import STATIC, plotly_sources


def test_script_comes_from_streamlit_first_and_from_the_plotly_package_after() -> None:
    first, *_, last = plotly_sources()
    assert first.startswith("./static/js/PlotlyChart.")
    assert last == "./app/static/plotly.min.js"


def test_published_script_is_that_of_the_plotly_package() -> None:
    plotly_sources()
    original = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert (STATIC / "plotly.min.js").read_bytes() == original.read_bytes()
