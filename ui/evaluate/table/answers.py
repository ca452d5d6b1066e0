"""A run that has answered the test rows of a table, and that table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dl.datasets import Category, Dataset
from dl.datasets.columns import Column, Date, Number
from dl.errors import DatasetError, RunDamaged
from dl.evaluation.classification import confusion_matrix, likeliest
from dl.evaluation.intervals import Estimate
from dl.evaluation.ranking import Ranking, ranking
from dl.evaluation.regression import regression_estimates
from dl.evaluation.residuals import Density, density
from dl.evaluation.slices import class_probability, cross_entropies, scores_of
from dl.files import Stamp, stamp
from dl.runs import Run
from dl.runs.epoch_predictions import epoch_file, predictions_at
from dl.tasks import task_of
from dl.tasks.classification import Classification
from dl.tasks.task import Task
from ui import state
from ui.evaluate.scores import Evaluation
from ui.frame import page_file
from ui.problems import sentence
from ui.server import server
from ui.shared.datasets import class_names
from ui.text import t

if TYPE_CHECKING:
    from dl.datasets.tables.table import Table  # DuckDB is loaded where rows are asked for


@dataclass(frozen=True)
class Answers:
    """`targets` (rows,), `outputs` (rows, outputs), and the numbers of the `rows` in the table where they are known."""

    run: Run
    dataset: Dataset
    task: Task
    targets: NDArray[Any]
    outputs: NDArray[Any]
    rows: NDArray[np.int64] | None
    stamp: Stamp | None
    epoch: int | None = None  # of the network that answered; of the end without one
    _rankings: dict[int, Ranking] = field(default_factory=dict)
    _probabilities: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def of_classes(self) -> bool:
        return isinstance(self.task, Classification)

    @property
    def names(self) -> list[str]:
        """Of the classes, in the reader's language."""
        return class_names(self.dataset)

    @property
    def unit(self) -> str:
        target = self.dataset.target
        return target.unit if isinstance(target, Number) else ""

    @cached_property
    def predicted(self) -> NDArray[Any]:
        """Classes or numbers."""
        return self.outputs.argmax(axis=1) if self.of_classes else self.outputs[:, 0]

    @cached_property
    def badness(self) -> NDArray[np.float64]:
        """How bad the answer to each row is: its cross-entropy, or how far off it is."""
        if self.of_classes:
            return cross_entropies(self.targets, self.outputs)
        return np.abs(self.outputs[:, 0].astype(float) - self.targets)

    @cached_property
    def scores(self) -> dict[str, Estimate]:
        return scores_of(self.task)(self.targets, self.outputs)

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(-self.badness, kind="stable")

    def worst_first(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        wanted = np.zeros(len(self.targets), bool)
        wanted[places] = True
        return self._order[wanted[self._order]]

    def probability(self, positive: int) -> NDArray[np.float64]:
        """(rows,) of this class."""
        if positive not in self._probabilities:
            self._probabilities[positive] = class_probability(self.outputs, positive)
        return self._probabilities[positive]

    def ranking(self, positive: int) -> Ranking:
        """By the probability of this class."""
        if positive not in self._rankings:
            self._rankings[positive] = ranking(self.targets == positive, self.probability(positive))
        return self._rankings[positive]

    def evaluation(self, predicted: NDArray[Any] | None = None) -> Evaluation:
        """Of classes, as they were `predicted` if not by the greatest output."""
        matrix = self._matrix if predicted is None else self._matrix_of(predicted)
        said = self.predicted if predicted is None else predicted
        sure = self._sure
        return Evaluation(
            self.run, self.dataset, self.names, self.targets, self.outputs, said, sure, matrix, self.epoch
        )

    @cached_property
    def _sure(self) -> NDArray[np.float32]:
        return likeliest(self.outputs)[1]

    @cached_property
    def density(self) -> Density:
        """Of numbers: predicted against true."""
        return density(self.targets, self.predicted)

    @cached_property
    def mean_guess(self) -> dict[str, Estimate]:
        """The scores of always guessing one number.

        It is the mean of the training rows where the run has kept it, else that of the test rows: harder to beat.
        """
        results = self.run.results()
        mean = results.baseline.facts.get("mean", math.nan) if results and results.baseline else math.nan
        guess = mean if math.isfinite(mean) else float(np.mean(self.targets, dtype=float))
        return regression_estimates(self.targets, np.full(len(self.targets), guess))

    @cached_property
    def _matrix(self) -> NDArray[np.int64]:
        return self._matrix_of(self.predicted)

    def _matrix_of(self, predicted: NDArray[Any]) -> NDArray[np.int64]:
        return confusion_matrix(self.targets, predicted, self.task.outputs)


def is_of_a_table(dataset: Dataset) -> bool:
    """All but pictures in classes."""
    return dataset.picture is None or not isinstance(dataset.target, Category)


def table_answers(run: Run, epoch: int | None = None) -> Answers | None:
    """None before the run has answered, at that epoch or in the end. Raises RunDamaged."""
    file = epoch_file(run, epoch) if epoch else run.folder / "predictions" / "test_outputs.npy"
    return _read(str(run.folder), stamp(file), epoch, run)


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(folder: str, stamp: Stamp | None, epoch: int | None, _run: Run) -> Answers | None:
    """Kept, for a slider is moved many times."""
    predictions, dataset = predictions_at(_run, epoch), _run.dataset()
    if predictions is None:
        return None
    task, targets, outputs = task_of(dataset), predictions.targets, predictions.outputs
    if not _fit(task, targets, outputs):
        raise RunDamaged(run=_run.id, file="predictions")
    return Answers(_run, dataset, task, targets, outputs, predictions.rows, stamp, epoch)


def _fit(task: Task, targets: NDArray[Any], outputs: NDArray[Any]) -> bool:
    if outputs.shape != (len(targets), task.outputs) or not len(targets) or not np.isfinite(outputs).all():
        return False
    if isinstance(task, Classification):
        return bool(0 <= targets.min() <= targets.max() < task.outputs)
    return bool(np.isfinite(targets).all())


def told_columns(dataset: Dataset) -> list[Column]:
    """Those whose values cut rows into groups, features first and the target last."""
    kinds = (Number, Category, Date)
    order = {"feature": 0, "ignored": 1, "target": 2}
    return sorted((each for each in dataset.columns if isinstance(each, kinds)), key=lambda each: order[each.role])


def kept_table(answers: Answers) -> Table | None:
    """The very table the run was tested on, if it is here; its columns as they were when the run was made."""
    if answers.rows is None:
        return None
    description = server().workspace.datasets / answers.dataset.id / "dataset.json"
    return _table(str(answers.run.folder), answers.stamp, stamp(description), answers.run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _table(folder: str, answered: Stamp | None, described: Stamp | None, _run: Run) -> Table | None:
    """Kept, for it is asked for again and again how its columns lie in the file."""
    from dl.runs.table_behind import table_behind

    with suppress(DatasetError):
        return table_behind(_run, server().datasets)
    return None


def missing_table_view(answers: Answers) -> None:
    """Why no row can be shown, and what to do."""
    try:
        server().datasets.imported(answers.dataset.id)
    except DatasetError as error:
        st.warning(sentence(error), icon=":material/table_rows:")
        if st.button(t("evaluate.get_data"), icon=":material/download:", key="evaluate_get_data"):
            state.choose("dataset", answers.dataset.id)
            st.switch_page(page_file("explore"))
        return
    text = "answers.no_rows" if answers.rows is None else "answers.other_data"
    st.info(t(text), icon=":material/table_rows:")


def values_of(answers: Answers, table: Table, column: Column) -> Any:
    """Of a column, in the order of the answers."""
    from dl.evaluation.rows import column_values

    assert answers.rows is not None, "a table is opened only for rows that are known"
    return column_values(table, column, answers.rows)


def column_controls(columns: Sequence[Column], key: str, label: str) -> Column:
    """Which column is looked at, kept in the URL by its field as in `?column=c3`."""
    fields = {column.field: column for column in columns}
    wanted = st.query_params.get("column", "")
    st.session_state[key] = wanted if wanted in fields else columns[0].field
    st.selectbox(
        label, list(fields), format_func=lambda name: fields[name].name, key=key, on_change=_choose, args=(key,)
    )
    return fields[st.session_state[key]]


def forget_place() -> None:
    """Which group, cell and page were looked at."""
    for name in ("group", "cell", "page"):
        state.put_in_url(name, None)


def _choose(key: str) -> None:
    state.put_in_url("column", st.session_state[key])
    forget_place()
