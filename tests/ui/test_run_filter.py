"""Runs in Home's table are found again."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dl.runs import Run
from ui.text import catalogue

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]


def test_runs_are_found_by_words_star_and_data(open_app: OpenPage, fake_run: FakeRun) -> None:
    fake_run().relabel(name="Wide *and* deep", note="for the lecture", star=True)
    fake_run()
    app = open_app("home", runs="all", find="LECTURE wide")
    assert list(app.dataframe[0].value["run"]) == [1]
    app.button(key="home_unfilter").click().run()
    assert list(app.dataframe[0].value["run"]) == [2, 1]
    app.toggle(key="home_starred").set_value(True).run()
    assert list(app.dataframe[0].value["run"]) == [1]
    app.text_input(key="home_find").set_value("nowhere").run()
    assert not app.dataframe and catalogue("en")["filter.nothing"] in [info.value for info in app.info]
