"""The predictions of a run on a table with the row's own columns, as a CSV that a spreadsheet opens safely."""

import streamlit as st

from ui.evaluate.downloads import download_button
from ui.evaluate.table.answers import Answers
from ui.server import server
from ui.shared.live import is_pushed
from ui.text import t


def answers_button(answers: Answers) -> None:
    """Streamed by the server, at any size; where there are no routes, only a page can give a file."""
    run = answers.run
    if is_pushed():
        st.link_button(
            t("evaluate.download_predictions"),
            f"api/runs/{run.id}/predictions.csv",
            icon=":material/download:",
            help=t("answers.download_predictions_help"),
        )
        return

    def whole() -> str:
        from dl.runs.answer_table import answer_table

        return "".join(answer_table(run, server().datasets))

    download_button("predictions", whole, f"livefit-{run.id}-predictions.csv", "text/csv", "answers")
