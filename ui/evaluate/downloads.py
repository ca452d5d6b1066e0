"""What can be taken away from a run. Files are read or made only when their button is pressed."""

from collections.abc import Callable

import streamlit as st

from dl.evaluation.classification import predictions_table
from dl.runs import Run
from dl.specs.script import keras_script
from ui.evaluate.scores import Evaluation
from ui.format import size
from ui.text import t


def downloads_view(result: Evaluation) -> None:
    run, name = result.run, f"livefit-{result.run.id}"
    spec = run.spec()
    with st.container(horizontal=True, key="evaluate_downloads"):
        if run.model_file.exists():
            size_of_it = size(run.model_file.stat().st_size)
            _button("model", run.model_file.read_bytes, f"{name}.keras", "application/octet-stream", size=size_of_it)
        _button("predictions", lambda: _csv(result), f"{name}-predictions.csv", "text/csv")
        _button("spec", lambda: spec.model_dump_json(indent=2), f"{name}.json", "application/json")
        _button("script", lambda: keras_script(spec, result.dataset, _changes(run)), f"{name}.py", "text/x-python")


def _changes(run: Run) -> dict[int, float]:
    """Those by hand; what a plateau lowered the script lowers itself."""
    return {change.step: change.learning_rate for change in run.changes() if change.by == "user"}


def _button(kind: str, make: Callable[[], bytes | str], file_name: str, mime: str, **facts: str) -> None:
    st.download_button(
        t(f"evaluate.download_{kind}", **facts),
        make,
        file_name,
        mime,
        key=f"evaluate_download_{kind}",
        icon=":material/download:",
        help=t(f"evaluate.download_{kind}_help"),
        on_click="ignore",
    )


def _csv(result: Evaluation) -> bytes:
    """With a byte order mark, without which Excel takes it for another encoding."""
    return predictions_table(result.true, result.probabilities, result.names).to_csv(index=False).encode("utf-8-sig")
