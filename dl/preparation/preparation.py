"""What was learnt from the training rows, as plain JSON: it says how any row is encoded, here and elsewhere."""

import hashlib
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Part = Literal["value", "missing", "days", "year", "month", "day", "weekday", "hour"]
Values = NDArray[np.float64]
FARTHEST = 1e6  # of a scaled number from 0: a typing mistake in one row shall not end a training


class _Prepared(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    field: str  # in the table's file


class PreparedNumber(_Prepared):
    """One number of a row: the `part` of a column, as (x - centre) / scale, and 0 where x is missing.

    Besides what is not finite, the values `missing` count as such. `edges` of bins are in scaled units, ascending.
    """

    kind: Literal["number", "date"] = "number"
    part: Part = "value"
    centre: float = 0.0
    scale: float = 1.0
    edges: tuple[float, ...] = ()
    missing: tuple[float, ...] = ()


class PreparedCategory(_Prepared):
    """`levels` have the indices 1, 2, …; 0 is what is missing or was not known."""

    levels: tuple[str, ...]


class PreparedTarget(_Prepared):
    """One of some `levels`, with the indices 0, 1, …; or a number, which is learnt as (y - mean) / scale."""

    levels: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    def standardised(self, values: Values) -> NDArray[np.float32]:
        return ((values - self.mean) / self.scale).astype(np.float32)

    def in_own_unit(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return (values.astype(np.float64) * self.scale + self.mean).astype(np.float32)


class Preparation(BaseModel):
    model_config = ConfigDict(frozen=True)

    numbers: tuple[PreparedNumber, ...]
    categories: tuple[PreparedCategory, ...]
    target: PreparedTarget

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def centres(self) -> list[float]:
        return [number.centre for number in self.numbers]

    @property
    def scales(self) -> list[float]:
        return [number.scale for number in self.numbers]

    @property
    def fields(self) -> list[tuple[str, Literal["number", "date", "category"]]]:
        """Of the columns that enter, each once, and what it holds."""
        entering = [(number.field, number.kind) for number in self.numbers]
        return list(dict.fromkeys([*entering, *((category.field, "category") for category in self.categories)]))

    def bins(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Where each bin of each number begins, and how wide it is, (numbers, bins).

        A number of fewer bins gets some that are never reached.
        """
        most = max((len(number.edges) - 1 for number in self.numbers), default=0)
        begins = np.full((len(self.numbers), most), np.finfo(np.float32).max, np.float32)
        widths = np.ones((len(self.numbers), most), np.float32)
        for row, number in enumerate(self.numbers):
            edges = np.array(number.edges, np.float32)
            begins[row, : len(edges) - 1], widths[row, : len(edges) - 1] = edges[:-1], np.diff(edges)
        return begins, widths


def rounded(values: Sequence[float] | Values) -> list[float]:
    """To nine digits: a script shows them, and sums that end otherwise in their last bits come to the same."""
    return [float(f"{value:.9g}") for value in values]


def rounded_for(centre: float, scale: float) -> float:
    """To nine digits of the scale: of numbers that lie far from 0 and near each other, as years or milliseconds."""
    further = max(0, math.ceil(math.log10(abs(centre)) - math.log10(scale))) if centre else 0
    return float(f"{centre:.{min(9 + further, 17)}g}")
