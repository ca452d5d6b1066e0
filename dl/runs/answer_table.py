"""The answers of a run to the test rows of its table as CSV, in pieces: memory does not follow from their count."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dl.datasets import Dataset, DatasetStore
from dl.datasets.tables.table import Table
from dl.errors import DatasetError, RunDamaged
from dl.evaluation.classification import predictions_table
from dl.evaluation.rows import BLOCK, written_rows
from dl.runs.run import Predictions, Run
from dl.runs.table_behind import table_behind

MARK = "\ufeff"  # without which Excel takes it for another encoding


def answer_table(run: Run, store: DatasetStore) -> Iterator[str]:
    """Headings and lines: truth and answer of each row, with the columns of the row where the table is here.

    Raises RunDamaged where there are no answers.
    """
    answers, dataset = run.predictions(mapped=True), run.dataset()
    if answers is None or not len(answers.targets):
        raise RunDamaged(run=run.id, file="predictions")
    table = None
    with suppress(DatasetError):
        table = table_behind(run, store)
    return _marked(answers, dataset, table)


def _marked(answers: Predictions, dataset: Dataset, table: Table | None) -> Iterator[str]:
    yield MARK
    if table is None or answers.rows is None:
        yield from _alone(answers, dataset.classes)
    else:
        yield from written_rows(table, answers.rows, lambda places: _said(answers, dataset.classes, places))


def _alone(answers: Predictions, classes: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(answers.targets), BLOCK):
        places = np.arange(start, min(start + BLOCK, len(answers.targets)))
        yield _said(answers, classes, places).to_csv(index=False, header=start == 0, lineterminator="\n")


def _said(answers: Predictions, classes: Sequence[str], places: NDArray[np.intp]) -> pd.DataFrame:
    targets, outputs = answers.targets[places], answers.outputs[places]
    if classes:
        return predictions_table(targets, outputs, classes).drop(columns="row")
    predicted = outputs[:, 0]
    return pd.DataFrame({"true": targets, "predicted": predicted, "error": predicted.astype(np.float64) - targets})
