"""What can be taken away from a run. Files are read or made only when their button is pressed."""

from collections.abc import Callable

import streamlit as st

from dl.datasets import Dataset
from dl.evaluation.classification import predictions_table
from dl.runs import Run
from dl.specs.script import keras_script
from ui.evaluate.scores import Evaluation
from ui.format import size
from ui.text import t


def downloads_view(run: Run, dataset: Dataset, predictions_button: Callable[[], None]) -> None:
    """`predictions_button` draws the one for the answers to the test set."""
    name, spec = f"livefit-{run.id}", run.spec()
    with st.container(horizontal=True, key="evaluate_downloads"):
        if run.model_file.exists():
            facts = {"size": size(run.model_file.stat().st_size)}
            download_button("model", run.model_file.read_bytes, f"{name}.keras", "application/octet-stream", **facts)
        predictions_button()
        download_button("spec", lambda: spec.model_dump_json(indent=2), f"{name}.json", "application/json")
        download_button("script", lambda: _script(run, dataset), f"{name}.py", "text/x-python")


def _script(run: Run, dataset: Dataset) -> str:
    return keras_script(run.spec(), dataset, _changes(run), run.preparation())


def _changes(run: Run) -> dict[int, float]:
    """Those by hand; what a plateau lowered the script lowers itself."""
    return {change.step: change.learning_rate for change in run.changes() if change.by == "user"}


def download_button(
    kind: str, make: Callable[[], bytes | str], file_name: str, mime: str, words: str = "evaluate", **facts: str
) -> None:
    """`make` is called when it is pressed; the sentence in `words` says what one gets."""
    st.download_button(
        t(f"evaluate.download_{kind}", **facts),
        make,
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
