"""Where a classifier is right and wrong, from true labels and predicted probabilities (rows, classes)."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dl.evaluation.intervals import wilson
from dl.spreadsheet import without_formulas

if TYPE_CHECKING:
    import pandas as pd  # loaded where a table is made: most who ask for a task need none

BLOCK_ROWS = 65_536
Labels = NDArray[Any]
Probabilities = NDArray[Any]


def confusion_matrix(true: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """Counts; row i, column j: of class i, taken for class j."""
    cells = np.asarray(true, np.int64) * classes + np.asarray(predicted, np.int64)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def per_class_scores(matrix: NDArray[np.int64]) -> pd.DataFrame:
    """Precision, recall, F1 and support of each class; NaN where nothing was predicted or nothing is there."""
    import pandas as pd

    right = np.diag(matrix).astype(float)
    predicted, support = matrix.sum(axis=0), matrix.sum(axis=1)
    scores = {
        "precision": _ratio(right, predicted),
        "recall": _ratio(right, support),
        "f1": _ratio(2 * right, predicted + support),
    }
    return pd.DataFrame({**scores, "support": support})


def accuracy_interval(correct: int, total: int) -> tuple[float, float]:
    """Where the true accuracy lies with 95 % confidence: Wilson's score interval."""
    low, high = wilson(correct, total)
    return float(low), float(high)


def majority_share(train_labels: Labels, test_labels: Labels) -> tuple[int, float]:
    """The most frequent training class, and the test accuracy of always guessing it."""
    majority = int(np.bincount(np.asarray(train_labels, np.int64)).argmax())
    return majority, float(np.mean(np.asarray(test_labels) == majority))


def likeliest(probabilities: Probabilities) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Of each row the likeliest class and its probability, both (rows,).

    In blocks, which are let go again where the probabilities lie in a file.
    """
    predicted, sure = np.empty(len(probabilities), np.int64), np.empty(len(probabilities), np.float32)
    for start in range(0, len(probabilities), BLOCK_ROWS):
        block = probabilities[start : start + BLOCK_ROWS]
        predicted[start : start + len(block)], sure[start : start + len(block)] = (
            block.argmax(axis=1),
            block.max(axis=1),
        )
        if isinstance(probabilities, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):
            probabilities._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]
    return predicted, sure


def cell_members(
    true: Labels, predicted: Labels, sure: NDArray[Any], true_class: int, predicted_class: int
) -> NDArray[np.intp]:
    """The rows in one cell of the confusion matrix, the most confident first; `sure` (rows,) is how much."""
    inside = (np.asarray(true) == true_class) & (predicted == predicted_class)
    return _most_confident_first(np.flatnonzero(inside), sure)


def most_confident_mistakes(true: Labels, predicted: Labels, sure: NDArray[Any], count: int) -> NDArray[np.intp]:
    """The `count` wrong rows of which the network was surest."""
    wrong = np.flatnonzero(predicted != np.asarray(true))
    return _most_confident_first(wrong, sure)[:count]


def predictions_table(true: Labels, probabilities: Probabilities, class_names: Sequence[str]) -> pd.DataFrame:
    """One line a row, safe to open in a spreadsheet."""
    import pandas as pd

    names = np.array([without_formulas(name) for name in class_names], dtype=object)
    predicted = probabilities.argmax(axis=1)
    columns: dict[str, Any] = {
        "row": np.arange(len(predicted)),
        "true": names[np.asarray(true, np.int64)],
        "predicted": names[predicted],
        "confidence": probabilities.max(axis=1).astype(np.float32),
    }
    shares = {f"probability {name}": probabilities[:, place] for place, name in enumerate(class_names)}
    return pd.DataFrame(columns | {name: share.astype(np.float32) for name, share in shares.items()})


def _ratio(part: NDArray[np.float64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


def _most_confident_first(rows: NDArray[np.intp], sure: NDArray[Any]) -> NDArray[np.intp]:
    return rows[np.argsort(-sure[rows], kind="stable")]
