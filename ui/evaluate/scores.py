"""Which run is looked at, how good it is, and its confusion matrix and scores."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dl.datasets import Dataset
from dl.errors import RunDamaged
from dl.evaluation.classification import accuracy_interval, confusion_matrix, likeliest, per_class_scores
from dl.evaluation.slices import cross_entropies
from dl.files import Stamp, stamp
from dl.runs import Run
from dl.runs.epoch_predictions import epoch_file, predictions_at
from dl.runs.results import Results
from dl.tasks import task_of
from dl.tasks.classification import Classification
from dl.tasks.metrics import ACCURACY, LOSS, metric
from ui import state
from ui.components.confusion import confusion_grid
from ui.format import loss_last, metric_name, percent, percent_pattern, score
from ui.shared.datasets import class_names
from ui.text import first_text, language, plain, t

CROSS_ENTROPIES = ("sparse_categorical_crossentropy", "categorical_crossentropy")
MODES: tuple[Literal["counts", "percent"], ...] = ("counts", "percent")


@dataclass(frozen=True)
class Evaluation:
    """A run that has answered its test set; `names` are the classes in the reader's language.

    `predicted` (rows,) are the likeliest classes, `sure` (rows,) their probabilities.
    """

    run: Run
    dataset: Dataset
    names: list[str]
    true: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    predicted: NDArray[np.int64]
    sure: NDArray[np.float32]
    matrix: NDArray[np.int64]
    epoch: int | None = None  # of the network that answered; of the end without one

    @property
    def right(self) -> int:
        return int(self.matrix.trace())


def evaluation(run: Run, epoch: int | None = None) -> Evaluation | None:
    """None if the run has no predictions of classes, of that epoch or of the end. Raises RunDamaged."""
    file = epoch_file(run, epoch) if epoch else run.folder / "predictions" / "test_outputs.npy"
    return _evaluated(str(run.folder), stamp(file), epoch, language(), run)


@st.cache_resource(max_entries=4, show_spinner=False)
def _evaluated(folder: str, stamp: Stamp | None, epoch: int | None, language: str, _run: Run) -> Evaluation | None:
    """Kept, for what is clicked next asks for the same."""
    predictions, dataset = predictions_at(_run, epoch), _run.dataset()
    if predictions is None or not isinstance(task_of(dataset), Classification):
        return None
    true, probabilities, classes = predictions.targets, predictions.outputs, len(dataset.classes)
    if probabilities.shape != (len(true), classes) or not len(true) or not 0 <= true.min() <= true.max() < classes:
        raise RunDamaged(run=_run.id, file="predictions")
    predicted, sure = likeliest(probabilities)
    matrix = confusion_matrix(true, predicted, classes)
    return Evaluation(_run, dataset, class_names(dataset), true, probabilities, predicted, sure, matrix, epoch)


def score_view(result: Evaluation, words: str = "evaluate") -> None:
    """The answer to the page's question in three numbers, each with its comparison.

    Where `words` has no explanation of its own, those for pictures serve.
    """
    total = len(result.true)
    low, high = accuracy_interval(result.right, total)
    facts = {"right": result.right, "total": total, "low": 100 * low, "high": 100 * high}
    detail = t(f"{words}.accuracy_of", **facts)
    _score("accuracy", percent(result.right / total), t("evaluate.accuracy"), detail, words)
    results = _results(result)
    if guess := results.baseline:
        label = t("evaluate.majority", name=plain(result.names[int(guess.facts["class"])]))
        _score("majority", percent(guess.score), label, t("evaluate.majority_detail"), words)
    for name in loss_last([name for name in results.scores if name != ACCURACY.name]):
        label = first_text(f"evaluate.{name}") or metric_name(name)
        _score(name, score(name, results.scores[name]), label, t(f"evaluate.{metric(name).better}_is_better"), words)


def _results(result: Evaluation) -> Results:
    """Of an epoch that was called back, what follows from its answers."""
    found = result.run.results() or Results(scores={LOSS.name: math.nan})
    if result.epoch is None:
        return found
    scores = {}
    if result.run.spec().training.loss in CROSS_ENTROPIES and LOSS.name in found.scores:
        scores[LOSS.name] = float(cross_entropies(result.true, result.probabilities).mean())
    return Results(scores=scores, baseline=found.baseline)


def _score(name: str, value: str, label: str, detail: str, words: str) -> None:
    help = first_text(f"{words}.{name}_help", f"evaluate.{name}_help")
    st.metric(label, value, detail, delta_color="off", delta_arrow="off", help=help, width="content")


def matrix_controls(result: Evaluation, words: str = "evaluate") -> tuple[int, int] | None:
    """The confusion matrix; the chosen cell (true, predicted) is kept in the URL as in `?cell=4-9`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("evaluate.matrix"), anchor=False, help=t("evaluate.matrix_help"))
        mode = st.segmented_control(
            t("evaluate.mode"),
            MODES,
            required=True,
            default="counts",
            format_func=lambda name: t(f"evaluate.mode_{name}"),
            key="evaluate_mode",
            label_visibility="collapsed",
        )
    key = cell_key(result.run)
    if key not in st.session_state and (cell := cell_in_url(len(result.names))):
        st.session_state[key] = {"cell": list(cell)}
    labels = {name: t(f"evaluate.matrix_{name}") for name in ("true", "predicted")}
    labels |= {name: t(f"{words}.matrix_{name}") for name in ("caption", "cell")}
    chosen = confusion_grid(result.matrix, result.names, key=key, mode=mode, labels=labels)
    state.put_in_url("cell", f"{chosen[0]}-{chosen[1]}" if chosen else None)
    st.caption(labels["caption"])
    return chosen


def cell_heading(title: str, run: Run, help: str | None = None) -> None:
    """Of what stands in the chosen cell, with the way back to all mistakes."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(title, anchor=False, help=help, width="stretch")
        st.button(
            t("evaluate.close_cell"),
            icon=":material/close:",
            type="tertiary",
            key="evaluate_close_cell",
            on_click=forget_cell,
            args=(cell_key(run),),
        )


def forget_cell(key: str) -> None:
    st.session_state[key] = {"cell": None}


def cell_key(run: Run) -> str:
    return f"evaluate_cell_{run.id}"


def scores_view(result: Evaluation, words: str = "evaluate") -> None:
    """Precision, recall and F1 of each class; a click on a heading sorts."""
    table = per_class_scores(result.matrix)
    table[["precision", "recall", "f1"]] *= 100
    table.insert(0, "class", result.names)
    pattern = percent_pattern("%.1f")
    columns = {
        name: st.column_config.NumberColumn(t(f"evaluate.{name}"), help=t(f"{words}.{name}_help"), format=pattern)
        for name in ("precision", "recall", "f1")
    }
    support = st.column_config.NumberColumn(t("evaluate.support"), help=t(f"{words}.support_help"), format="localized")
    columns |= {"class": st.column_config.TextColumn(t("evaluate.class")), "support": support}
    st.dataframe(table, hide_index=True, height="content", column_config=columns, alt=t("evaluate.scores"))


def cell_in_url(classes: int) -> tuple[int, int] | None:
    """What the URL names, if it is a cell of a matrix of so many classes."""
    true, _, predicted = st.query_params.get("cell", "").partition("-")
    if not all(part.isdecimal() and len(part) < 6 and int(part) < classes for part in (true, predicted)):
        return None
    return int(true), int(predicted)
