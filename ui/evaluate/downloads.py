"""The buttons that give a file. It is read or made only when its button is pressed, in the reader's language."""

from collections.abc import Callable

import streamlit as st

from dl.evaluation.classification import predictions_table
from ui.evaluate.scores import Evaluation
from ui.text import language, t, written_in


def download_button(
    kind: str, make: Callable[[], bytes | str], file_name: str, mime: str, words: str = "evaluate", **facts: str
) -> None:
    """`make` is called when it is pressed, when no page runs; the sentence in `words` says what one gets."""
    reader = language()

    def made() -> bytes | str:
        with written_in(reader):
            return make()

    st.download_button(
        t(f"evaluate.download_{kind}", **facts),
        made,
        file_name,
        mime,
        key=f"evaluate_download_{kind}",
        icon=":material/download:",
        help=t(f"{words}.download_{kind}_help"),
        on_click="ignore",
    )


def predictions_button(result: Evaluation) -> None:
    make, name = (lambda: _predictions_csv(result)), f"livefit-{result.run.id}-predictions.csv"
    download_button("predictions", make, name, "text/csv")


def _predictions_csv(result: Evaluation) -> bytes:
    """With a byte order mark, without which Excel takes it for another encoding."""
    return predictions_table(result.true, result.probabilities, result.names).to_csv(index=False).encode("utf-8-sig")
