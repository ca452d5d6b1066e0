"""How the answer to a row would move with each of its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dl.datasets.columns import AnyColumn, Category, Date
from dl.prediction.networks import Ready
from dl.prediction.rows import Row
from dl.profiles.typical import Typical

POINTS = 21
MOST_LEVELS = 12


@dataclass(frozen=True)
class Moved:
    """`values` that a column was given, and the `outputs` (values, outputs) to the row with each of them."""

    values: Sequence[Any]
    outputs: NDArray[np.float32]


def moved_answers(
    ready: Ready, row: Row, columns: Sequence[AnyColumn], usual: Mapping[str, Typical], epoch: int | None = None
) -> dict[str, Moved]:
    """By fields; the network is asked once. Raises BadRow."""
    values = {column.field: _values(column, usual[column.field]) for column in columns}
    asked = [{**row, column.name: value} for column in columns for value in values[column.field]]
    outputs, found, begin = ready.rows(asked, epoch), {}, 0
    for column in columns:
        end = begin + len(values[column.field])
        found[column.field], begin = Moved(values[column.field], outputs[begin:end]), end
    return found


def _values(column: AnyColumn, usual: Typical) -> list[Any]:
    if isinstance(column, Category):
        return list(usual.levels[:MOST_LEVELS])
    numbers = np.linspace(usual.low, usual.high, POINTS).tolist()
    return [str(np.datetime64(round(number), "s")) for number in numbers] if isinstance(column, Date) else numbers
