"""The buttons that give a file. It is read or made only when its button is pressed, in the reader's language."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from dl.evaluation.classification import predictions_table
from ui.evaluate.scores import Evaluation
from ui.text import t


def download_button(
    kind: str, make: Callable[[], bytes | str], file_name: str, mime: str, words: str = "evaluate", **facts: str
) -> None:
    """`make` is called when it is pressed, as if the page ran; the sentence in `words` says what one gets."""
    session = get_script_run_ctx()

    def made() -> bytes | str:
        """On a thread that knows the session, and so its language: that of the server which asks for it knows none."""
        with ThreadPoolExecutor(1, initializer=add_script_run_ctx, initargs=(None, session)) as thread:
            return thread.submit(make).result()

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
