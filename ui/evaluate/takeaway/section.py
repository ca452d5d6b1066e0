"""The end of Evaluate: the network in every form, how to make it again, and what is to be said of it."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dl.runs import Run
from dl.runs.passport import passport_of
from dl.specs.notebook import keras_notebook
from dl.specs.script import keras_script
from ui.evaluate.downloads import download_button
from ui.evaluate.table.answers import Answers, table_answers
from ui.evaluate.takeaway.card import model_card
from ui.evaluate.takeaway.exports import exports_view
from ui.evaluate.takeaway.report import html_report
from ui.text import t


def takeaway_view(run: Run, predictions_button: Callable[[], None]) -> None:
    """`predictions_button` draws the one for the answers to the test set."""
    st.header(t("takeaway.title"), anchor=False)
    if run.model_file.exists():
        _group("network", [partial(exports_view, run)], horizontal=False)
    _group("told", [partial(_report_button, run), partial(_card_button, run), predictions_button])
    recipe = [_notebook_button, _script_button, _spec_button, *([_passport_button] if run.results() else [])]
    _group("recipe", [partial(draw, run) for draw in recipe])


def _group(name: str, buttons: Sequence[Callable[[], None]], horizontal: bool = True) -> None:
    with st.container(border=True, gap="small", key=f"evaluate_takeaway_{name}"):
        st.markdown(f"**{t(f'takeaway.{name}')}**  \n{t(f'takeaway.{name}_what')}")
        with st.container(horizontal=horizontal, gap="small"):
            for draw in buttons:
                draw()


def _report_button(run: Run) -> None:
    download_button("report", lambda: html_report(_answers(run)), f"{_name(run)}-report.html", "text/html")


def _card_button(run: Run) -> None:
    download_button("card", lambda: model_card(_answers(run)), f"{_name(run)}-card.md", "text/markdown")


def _answers(run: Run) -> Answers:
    """Of pictures too. They were there when the page was drawn."""
    answers = table_answers(run)
    assert answers, "a run without answers is not shown"
    return answers


def _notebook_button(run: Run) -> None:
    def made() -> str:
        return keras_notebook(run.spec(), run.dataset(), _words, _changes(run), run.preparation())

    download_button("notebook", made, f"{_name(run)}.ipynb", "application/x-ipynb+json")


def _words(part: str) -> str:
    return t(f"takeaway.notebook_{part}")


def _script_button(run: Run) -> None:
    def made() -> str:
        return keras_script(run.spec(), run.dataset(), _changes(run), run.preparation())

    download_button("script", made, f"{_name(run)}.py", "text/x-python")


def _spec_button(run: Run) -> None:
    download_button("spec", lambda: run.spec().model_dump_json(indent=2), f"{_name(run)}.json", "application/json")


def _passport_button(run: Run) -> None:
    def made() -> str:
        return passport_of(run).model_dump_json(indent=1)

    download_button("passport", made, f"{_name(run)}-passport.json", "application/json")


def _changes(run: Run) -> dict[int, float]:
    """Those by hand; what a plateau lowered the script lowers itself."""
    return {change.step: change.learning_rate for change in run.changes() if change.by == "user"}


def _name(run: Run) -> str:
    return f"livefit-{run.id}"
