"""How runs went, epoch by epoch, to be laid over each other; several with other seeds as one, with their spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dl.runs.run import Run
from dl.tasks.metrics import VALIDATION

MOST_EPOCHS = 1_000  # that are drawn
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """A metric after each of the `epochs` (n,), NaN where it was not measured.

    Of several runs the means, and `low` and `high` (n,) are the least and greatest of `validation`.
    """

    epochs: NDArray[np.int64]
    training: Floats
    validation: Floats
    low: Floats | None = None
    high: Floats | None = None


def mean_course(runs: Sequence[Run], metric: str) -> Course:
    """As far as all of them have come."""
    records = [{record["epoch"]: record for record in run.epochs()} for run in runs]
    epochs = _thinned(sorted(set.intersection(*(set(each) for each in records))))
    training, validation = (
        np.array([[each[epoch].get(name, np.nan) for epoch in epochs] for each in records], float)
        for name in (metric, f"{VALIDATION}{metric}")
    )
    spread = (validation.min(axis=0), validation.max(axis=0)) if len(runs) > 1 else (None, None)
    return Course(np.array(epochs, np.int64), training.mean(axis=0), validation.mean(axis=0), *spread)


def _thinned(epochs: list[int]) -> list[int]:
    """The first and the last are kept."""
    if len(epochs) <= MOST_EPOCHS:
        return epochs
    return [epochs[place] for place in np.linspace(0, len(epochs) - 1, MOST_EPOCHS).round().astype(int)]
