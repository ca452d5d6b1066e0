"""The rows that a run was tested on, as its network takes them, as long as they are still here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.datasets import DatasetStore
from dl.errors import DatasetDamaged, RunDamaged
from dl.preparation.encoding import encoded
from dl.runs.run import Run
from dl.runs.table_behind import table_behind


@dataclass(frozen=True)
class TestRows:
    """`arrays` by the names of the network's inputs; the test rows are those `rows` of them, or all."""

    arrays: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())) if self.rows is None else self.rows)

    def block(self, part: slice) -> dict[str, NDArray[Any]]:
        chosen = part if self.rows is None else self.rows[part]
        return {name: array[chosen] for name, array in self.arrays.items()}


def test_rows_of(run: Run, store: DatasetStore) -> TestRows:
    """Raises DatasetError unless they are the very ones, RunDamaged."""
    wanted = run.dataset()
    if wanted.picture:
        here = store.open(wanted.id)
        if here.description.fingerprint != wanted.fingerprint:
            raise DatasetDamaged(dataset=wanted.id, file="dataset.json")
        return TestRows({"picture": here.x_test})
    predictions, preparation = run.predictions(mapped=True), run.preparation()
    if predictions is None or predictions.rows is None or preparation is None:
        raise RunDamaged(run=run.id, file="predictions")
    return TestRows(encoded(table_behind(run, store), preparation).inputs, predictions.rows)
